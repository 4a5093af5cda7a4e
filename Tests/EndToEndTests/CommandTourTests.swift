import Foundation
import Testing

/// The commands as a newcomer types them, against a real server, as tables and as JSON.
@Suite("The commands against a real server")
struct CommandTourTests {
  private let sample: SampleModel
  private let server: ServerProcess

  init() throws {
    sample = try SampleModel.shared()
    server = try ServerProcess(["--epsilon", "0"])
  }

  @Test("rank prints a table: a header, a row per candidate, a line with the server's time")
  func rankTable() throws {
    let tweets = sample.tweetKeys.prefix(20)
    let result = try server.ask(
      ["rank", "--user", sample.userKeys[0], "--tweets", tweets.joined(separator: ","), "--explain", "--limit", "5"])
    #expect(result.status == 0 && result.stderr.isEmpty)
    let lines = result.stdout.split(separator: "\n", omittingEmptySubsequences: false)
    let header = try #require(lines.first).split(separator: " ")
    #expect(header.starts(with: ["rank", "tweet", "text", "score"]) && header.contains("others"))
    // Signals that say nothing of any tweet are named below instead.
    let silent = try #require(lines.first { $0.hasPrefix("Each tweet's score has 0 from ") })
    for signal in ["caller", "bandit"] {
      #expect(silent.contains(signal) && !header.contains(Substring(signal)), "\(signal)")
    }
    #expect(header.last == "propensity", "no column for what the model knows where it knows all")
    #expect(lines.dropFirst(2).prefix { !$0.isEmpty }.count == 5)
    #expect(result.stdout.contains("Ranked 20 candidates for user \(sample.userKeys[0]) in "))
    #expect(result.stdout.contains("µs of the server's time"))
  }

  @Test("rank --json: contributions add up to the score, ids are strings, best first")
  func rankJSON() throws {
    let tweets = Array(sample.tweetKeys.prefix(50))
    let ranking: RankOutput = try server.answer(
      ["rank", "--user", sample.userKeys[1], "--tweets", (tweets + [tweets[3]]).joined(separator: ",")])
    #expect(ranking.candidates == 51 && ranking.duplicatesRemoved == 1 && ranking.exploredPosition == 0)
    #expect(ranking.userKnown && ranking.user == sample.userKeys[1] && UInt64(ranking.requestID) != nil)
    #expect(ranking.signals.last == "bandit" && ranking.modelVersion.count == 16)
    #expect(Set(ranking.items.map(\.tweet)) == Set(tweets))
    #expect(ranking.items.map(\.rank) == Array(1...50))
    #expect(ranking.items.map(\.score) == ranking.items.map(\.score).sorted(by: >))
    for item in ranking.items {
      let sum = item.contributions.dropFirst().reduce(item.contributions[0], +)
      #expect(sum == item.score && item.familiarity == "known" && !item.text.isEmpty && item.propensity == 1)
    }
    #expect(Set(ranking.items.map(\.score)).count > 1, "all candidates score alike")
  }

  @Test("rank takes candidates from a file, however its lines end, and refuses one without any")
  func rankFromFile() throws {
    let folder = try TemporaryFolder()
    let tweets = sample.tweetKeys.prefix(4)
    try write(Array("  \(tweets.joined(separator: "\r\n\r\n\t"))\n\n".utf8), to: folder.file("candidates"))
    let ranking: RankOutput = try server.answer(["rank", "--user", "u", "--tweets-from", folder.file("candidates")])
    #expect(Set(ranking.items.map(\.tweet)) == Set(tweets))
    try write(Array("\n \n".utf8), to: folder.file("empty"))
    expectRefusal(
      try server.ask(["rank", "--user", "u", "--tweets-from", folder.file("empty")]), status: 65, "empty: no candidate")
    expectRefusal(
      try server.ask(["rank", "--user", "u", "--tweets-from", folder.file("none")]), status: 66,
      "none: No such file or directory")
    expectRefusal(
      try server.ask(["rank", "--user", "u", "--tweets-from", folder.path]), status: 66, "Is a directory")
  }

  @Test("similar: by tweet and by text, most similar first, cosines in (0, 1]")
  func similar() throws {
    let tweet = sample.tweetKeys[5]
    let byTweet: TweetsOutput = try server.answer(["similar", "--tweet", tweet, "--limit", "7"])
    #expect(byTweet.valueName == "cosine" && (1...7).contains(byTweet.items.count))
    #expect(!byTweet.items.map(\.tweet).contains(tweet))
    let top: TweetsOutput = try server.answer(["top", "--limit", "1"])
    let text = try #require(top.items.first).text
    let byText: TweetsOutput = try server.answer(["similar", "--text", text, "--limit", "5"])
    #expect(byText.items.first?.value ?? 0 > 0.99, "a tweet's own text is most similar to it")
    for items in [byTweet.items, byText.items] {
      #expect(items.map(\.value) == items.map(\.value).sorted(by: >))
      #expect(items.allSatisfy { $0.value > 0 && $0.value <= 1.000001 && UInt64($0.tweet) != nil })
    }
    let table = try server.ask(["similar", "--tweet", tweet, "--limit", "2"])
    #expect(table.status == 0 && table.stdout.hasPrefix("rank  tweet") && table.stdout.contains("cosine"))
    let none = try server.ask(["similar", "--text", "-- qqqqzzzz --"])
    #expect(none.status == 0 && none.stdout == "No tweet of the model shares a term with it.\n", "\(none)")
    let unknown = try server.ask(["similar", "--tweet", "nobody wrote this"])
    expectRefusal(unknown, status: 65, "NOT_FOUND", "came without text")
  }

  @Test("top: by PageRank and by popularity")
  func top() throws {
    let byRank: TweetsOutput = try server.answer(["top", "--limit", "10"])
    let byPopularity: TweetsOutput = try server.answer(["top", "--by", "popularity", "--limit", "10"])
    #expect(byRank.valueName == "pagerank" && byPopularity.valueName == "popularity")
    for output in [byRank, byPopularity] {
      #expect(output.items.count == 10 && output.items.map(\.rank) == Array(1...10))
      #expect(output.items.map(\.value) == output.items.map(\.value).sorted(by: >))
      #expect(Set(output.items.map(\.tweet)).isSubset(of: sample.tweetKeys))
    }
    #expect(byRank.items.allSatisfy { $0.value > 0 && $0.value < 1 })
    let table = try server.ask(["top", "--limit", "3"])
    #expect(table.status == 0 && table.stdout.contains("3 tweets in "))
    expectRefusal(try server.ask(["top", "--limit", "1001"]), status: 65, "INVALID_ARGUMENT", "1001")
  }

  @Test("record and describe: what is recorded is counted; describe --json has numbers")
  func recordAndDescribe() throws {
    let before: DescribeOutput = try server.answer(["describe"])
    #expect(before.users == 200 && before.tweets == 1000 && before.factors == 16 && before.workers == 1)
    #expect(before.epsilon == 0 && before.blend.contains { $0.signal == "age" } && before.modelVersion.count == 16)
    for event in ["impression", "click", "like", "retweet", "quote", "reply", "hide", "report"] {
      let result = try server.ask(["record", "--user", "u", "--tweet", "t", "--event", event, "--timestamp", "-5"])
      #expect(result.status == 0 && result.stdout.hasPrefix("Recorded \(event) of u on t: entry "), "\(result)")
    }
    let after: DescribeOutput = try server.answer(["describe"])
    #expect(after.eventsRecorded == before.eventsRecorded + 8)
    let table = try server.ask(["describe"])
    #expect(table.status == 0 && table.stdout.contains("events recorded") && table.stdout.contains("blend weights"))
  }

  @Test("inspect shows the model that the server names, and a user's interests")
  func inspect() throws {
    struct Output: Decodable {
      struct Tensor: Decodable {
        let name: String
        let type: String
        let shape: [Int]
        let bytes: Int
      }
      struct Profile: Decodable {
        struct Term: Decodable {
          let term: String
          let weight: Float
        }
        struct Share: Decodable {
          let name: String
          let weight: Float
        }
        let terms: [Term]
        let hashtags: [Share]
        let authors: [Share]
      }
      let version: String
      let metadata: [String: String]
      let tensors: [Tensor]
      let profile: Profile?
    }
    let described: DescribeOutput = try server.answer(["describe"])
    let json = try runCommand(["inspect", sample.modelPath, "--user", sample.userKeys[0], "--json"])
    let output = try JSONDecoder().decode(Output.self, from: Data(json.stdout.utf8))
    #expect(output.version == described.modelVersion && output.metadata["format_version"] == "1")
    #expect(output.tensors.first { $0.name == "tweets.factors" }?.shape == [1000, 16])
    let weights = try #require(output.profile).terms.map(\.weight)
    #expect(!weights.isEmpty && weights == weights.sorted(by: >))
    for shares in [output.profile?.hashtags ?? [], output.profile?.authors ?? []] {
      #expect(!shares.isEmpty && shares.map(\.weight) == shares.map(\.weight).sorted(by: >))
      #expect(shares.allSatisfy { $0.weight > 0 && !$0.name.isEmpty })
    }
    let table = try runCommand(["inspect", sample.modelPath])
    #expect(table.status == 0 && table.stdout.contains(described.modelVersion))
    let interests = try runCommand(["inspect", sample.modelPath, "--user", sample.userKeys[0]])
    #expect(
      interests.status == 0 && interests.stdout.contains("\nTerms: ") && interests.stdout.contains("\nHashtags: #"))
    expectRefusal(
      try runCommand(["inspect", sample.modelPath, "--user", "nobody"]), status: 65, "does not know user 'nobody'")
  }
}
