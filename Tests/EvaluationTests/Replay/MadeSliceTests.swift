import Foundation
import Kernels
import Ranking
import Testing

@testable import Evaluation
@testable import Training

@Suite("Slices made on purpose")
struct MadeSliceTests {
  /// Five users of two tastes: those with an even number engage with one author, the others with another; both write
  /// about the same.
  private func world() throws -> (world: EvaluationWorld, folder: String) {
    let folder = NSTemporaryDirectory() + "apus-slices-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var tweets = "tweet_id,text,author_id,created_at\n"
    var events = "user_id,tweet_id,engagement_score,timestamp\n"
    var edges = "src_user_id,dst_user_id,weight,timestamp\n"
    for number in 0..<60 {
      tweets +=
        "\(100 + number),word\(number % 7) word\(number % 5) #tag\(number % 3),\(900 + number % 2),\(1_000 + number * 100)\n"
      for user in 0..<5 where number % 2 == user % 2 {
        let time = 1_000 + number * 100 + 10 + user
        events += "\(user),\(100 + number),1,\(time)\n"
        edges += "\(user),\(900 + number % 2),1,\(time)\n"
      }
    }
    // Attention of user 0 that is no engagement: once before the third, once after.
    edges += "0,900,1,1100\n0,900,1,5555\n"
    for (name, text) in [("tweets", tweets), ("user_engagements", events), ("user_graph", edges)] {
      try text.write(toFile: "\(folder)/\(name).csv", atomically: true, encoding: .utf8)
    }
    var options = TrainingOptions(dataFolder: folder, threads: 1)
    options.blendLists = 50
    let world = try EvaluationWorld(options: options, end: 4_000, without: [], capacity: 8, progress: SilentProgress())
    return (world, folder)
  }

  private func values(
    _ world: EvaluationWorld, _ tweet: UInt64, user: UInt64 = 2, hiding: HiddenFacts = .nothing, _ signals: [Signal]
  ) -> [Float] {
    let columns = world.look(at: [tweet], userID: user, time: 6_500, hiding: hiding)
    return signals.map { columns[$0][0] }
  }

  @Test("text only: what texts say stays, everything else is as of a tweet that nobody knows")
  func textOnly() throws {
    let (world, folder) = try world()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let texts: [Signal] = [.interests, .interestsNow, .topics, .length]
    let plain = values(world, 150, texts)
    #expect(plain.contains { $0 > 0 } && values(world, 150, hiding: .allButTexts, texts) == plain)
    let facts = Signal.ofMoment.filter { !texts.contains($0) && $0 != .topicsNow && $0 != .ownWriting }
    let unknown = values(world, 999_999, facts)
    let hidden = values(world, 150, hiding: .allButTexts, facts)
    for (signal, (a, b)) in zip(facts, zip(hidden, unknown)) {
      #expect(a == b || (a.isNaN && b.isNaN), "\(signal): \(a) and \(b)")
    }
    #expect(values(world, 150, [.tweetCount])[0] > 0 && values(world, 150, [.age])[0] > 0)
  }

  @Test("new author: what is known of authors and pairs is gone, the rest stays")
  func newAuthor() throws {
    let (world, folder) = try world()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let kept: [Signal] = [.age, .tweetCount, .interests, .hashtagAffinity, .length]
    #expect(values(world, 150, hiding: .authors, kept) == values(world, 150, kept))
    let gone = values(world, 150, hiding: .authors, [.affinityCount, .edgesCount, .authorCount, .authorFactors])
    #expect(gone[0] == 0 && gone[1] == 0 && gone[2].isNaN && gone[3].isNaN)
    #expect(values(world, 150, [.affinityCount, .edgesCount, .authorCount]).allSatisfy { $0 > 0 })
  }

  @Test(
    "three engagements: the user's later ones and their edges are gone, nothing of theirs is learned, others keep all")
  func threeEngagements() throws {
    let (world, folder) = try world()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let short = world.withShortHistories(of: [0, 77], kept: 3)
    _ = short.look(at: [150], userID: 0, time: 6_500)
    #expect(short.past(user: 0, tweet: 150).userEngagements == 3)
    #expect(short.past(user: 2, tweet: 150).userEngagements == 28)
    // Tweets 100, 102 and 104 keep the engagement of user 0, tweet 150 has lost one of three.
    #expect(short.past(user: 0, tweet: 104).tweetEngagements == 3)
    #expect(short.past(user: 0, tweet: 106).tweetEngagements == 2)
    let counts = values(short, 150, user: 0, [.affinityCount, .edgesCount])
    #expect(abs(counts[0] - log(4)) < 1e-5 && abs(counts[1] - log(5)) < 1e-5)
    #expect(values(short, 150, user: 0, [.companions, .likeReaders, .authorReaders, .authorOverlap]) == [0, 0, 0, 0])
    #expect(values(world, 150, user: 0, [.affinityCount])[0] > log(20))
    let own: [Signal] = [.affinityCount, .edgesCount, .authorReaders, .authorFactors, .authorWalk]
    #expect(values(short, 150, user: 2, own) == values(world, 150, user: 2, own), "others are as they were")
  }
}
