import Foundation
import Kernels
import Testing

@testable import Ranking
@testable import Training

@Suite("Signals as of a moment")
struct MomentSignalTests {
  private let fixture: MomentWorldFixture

  init() throws { fixture = try MomentWorldFixture() }

  /// Values of all signals of the moment for each tweet, from one call.
  private func values(_ world: MomentWorld, _ terms: Int, user: UInt32, tweets: [UInt32], time: Int64) -> [[Float]] {
    let examiner = MomentExaminer(capacity: max(1, tweets.count), terms: terms)
    examiner.look(at: tweets, user: user, time: time, world: world)
    return tweets.indices.map { i in Signal.ofMoment.map { examiner.columns[$0][i] } }
  }

  private func same(_ a: [Float], _ b: [Float]) -> Bool {
    zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
  }

  @Test("counts are those of a plain count over the log, and decay by their half-lives")
  func plainCounts() throws {
    let time: Int64 = 120_000
    let (world, terms) = try fixture.world(before: time)
    let data = fixture.data
    let past = data.log.scores.indices.filter { data.log.times[$0] < time }
    for user in stride(from: 0, to: data.users.count, by: 7) {
      let tweets = stride(from: 0, to: data.tweets.count, by: 11).map { UInt32($0) }
      let rows = values(world, terms, user: UInt32(user), tweets: tweets, time: time)
      for (tweet, row) in zip(tweets, rows) {
        func value(_ signal: Signal) -> Double {
          Double(Signal.ofMoment.firstIndex(of: signal).map { row[$0] } ?? .nan)
        }
        let author = data.tweetAuthors[Int(tweet)]
        let onTweet = past.filter { data.log.tweets[$0] == tweet }
        let withAuthor = past.filter {
          data.log.users[$0] == UInt32(user) && data.tweetAuthors[Int(data.log.tweets[$0])] == author
        }
        #expect(abs(value(.tweetCount) - log1p(Double(onTweet.count))) < 1e-5)
        #expect(abs(value(.affinityCount) - log1p(Double(withAuthor.count))) < 1e-5)
        let decayed = onTweet.reduce(0.0) { $0 + exp2(-Double(time - data.log.times[$1]) / 21_600) }
        #expect(abs(value(.trendingSixHours) - log1p(decayed)) < 1e-4)
        let month = withAuthor.reduce(0.0) { $0 + exp2(-Double(time - data.log.times[$1]) / 2_592_000) }
        #expect(abs(value(.affinityMonth) - log1p(month)) < 1e-4)
        #expect(value(.ownTweet) == (author == UInt32(user) ? 1 : 0))
        let written = data.tweetTimes[Int(tweet)]
        if written <= time {
          #expect(abs(value(.age) - log1p(Double(time - written) / 3600)) < 1e-4)
        } else {
          #expect(value(.age).isNaN, "a tweet from the future has no age")
        }
      }
    }
  }

  @Test("interests are the cosine with the decayed sum of what the user engaged with")
  func interests() throws {
    let time: Int64 = 150_000
    let (world, terms) = try fixture.world(before: time)
    let data = fixture.data
    for user in [0, 9, 17] {
      var sum = [Double](repeating: 0, count: terms)
      for index in data.log.scores.indices.sorted(by: { data.log.times[$0] < data.log.times[$1] })
      where data.log.times[index] < time && data.log.users[index] == UInt32(user) {
        let facts = world.facts.candidate(data.log.tweets[index])
        let left = exp2(-Double(time - data.log.times[index]) / 5_184_000)
        for (term, weight) in zip(facts.terms, facts.weights) { sum[Int(term)] += left * Double(weight) }
      }
      let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let row = values(world, terms, user: UInt32(user), tweets: [3, 50, 120], time: time)
      for (tweet, values) in zip([UInt32(3), 50, 120], row) {
        let facts = world.facts.candidate(tweet)
        let dot = zip(facts.terms, facts.weights).reduce(0.0) { $0 + sum[Int($1.0)] * Double($1.1) }
        let got = values[try #require(Signal.ofMoment.firstIndex(of: .interests))]
        #expect(abs(Double(got) - (norm > 0 ? dot / norm : 0)) < 1e-5)
      }
    }
  }

  @Test("a value does not depend on which other candidates are there, nor on earlier calls")
  func independence() throws {
    let time: Int64 = 140_000
    let (world, terms) = try fixture.world(before: time)
    let examiner = MomentExaminer(capacity: 64, terms: terms)
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20 {
      let tweets = (0..<64).map { _ in UInt32(generator.below(fixture.data.tweets.count)) }
      let user = UInt32(generator.below(fixture.data.users.count))
      examiner.look(at: tweets, user: user, time: time, world: world)
      let together = tweets.indices.map { i in Signal.ofMoment.map { examiner.columns[$0][i] } }
      for i in [0, 31, 63] {
        let alone = values(world, terms, user: user, tweets: [tweets[i]], time: time)[0]
        #expect(same(alone, together[i]))
      }
    }
  }

  @Test("what happens at the moment or later changes nothing")
  func noLookAhead() throws {
    let time: Int64 = 100_000
    var truncated = fixture.data
    truncated.log = fixture.data.log.filter { fixture.data.log.times[$0] < time }
    let (facts, tags, terms) = try fixture.facts()
    func world(_ data: TrainingData) -> MomentWorld {
      let history = History(facts: facts, people: data.users.count, tags: tags, terms: terms)
      var replay = Replay(data, order: EventOrder(data), history: history)
      replay.advance(before: time)
      return MomentWorld(
        facts: facts, history: history, tastes: TasteTables(people: data.users.count, tags: tags))
    }
    let (whole, part) = (world(fixture.data), world(truncated))
    let tweets = (0..<100).map { UInt32($0) }
    for user in [UInt32(1), 12, 33] {
      let (a, b) = (
        values(whole, terms, user: user, tweets: tweets, time: time),
        values(part, terms, user: user, tweets: tweets, time: time)
      )
      #expect(zip(a, b).allSatisfy { same($0, $1) })
    }
  }

  @Test("a user without a row and a tweet without a row have finite or missing values")
  func unknowns() throws {
    let (world, terms) = try fixture.world(before: nil)
    let rows = values(world, terms, user: ModelSchema.noRow, tweets: [0, 1, 2], time: 500_000)
    #expect(rows.joined().allSatisfy { $0.isFinite || $0.isNaN })
  }

  @Test("a fold comes back from its tensors as it was")
  func tensors() throws {
    let time: Int64 = 130_000
    let fixtureWorld = try fixture.world(before: nil)
    let model = try Model(Trainer.train(momentOptions(), progress: SilentProgress()).0)
    let moment = try #require(model.moment)
    let tweets = (0..<80).map { UInt32($0) }
    for user in [UInt32(0), 8, 21] {
      let got = values(moment.world, model.vocabulary.count, user: user, tweets: tweets, time: time)
      let plain = values(fixtureWorld.world, fixtureWorld.terms, user: user, tweets: tweets, time: time)
      for signal in [
        Signal.age, .affinityMonth, .edges, .hashtagAffinity, .topics, .interests, .mentionsUser, .replySeen,
      ] {
        let column = try #require(Signal.ofMoment.firstIndex(of: signal))
        for (a, b) in zip(got, plain) {
          #expect(a[column] == b[column] || (a[column].isNaN && b[column].isNaN), "\(signal)")
        }
      }
    }
  }

  private func momentOptions() -> TrainingOptions {
    var options = fixture.options
    options.blendLists = 200
    options.epochs = 1
    return options
  }

  @Test("the same data, seed and threads give the same bytes; the explanation adds up to the score")
  func determinism() throws {
    let (first, report) = try Trainer.train(momentOptions(), progress: SilentProgress())
    let (second, _) = try Trainer.train(momentOptions(), progress: SilentProgress())
    #expect(first.names == second.names && first.metadata == second.metadata)
    for name in first.names {
      let (a, b) = (try #require(first.tensor(name)), try #require(second.tensor(name)))
      #expect(a.bytes.elementsEqual(b.bytes), "\(name)")
    }
    #expect(report.temporalLists > 100 && report.retrospectiveLists > 0)
    let model = try Model(first)
    let scratch = RankScratch(model: model, capacity: 50, seed: 1)
    let ids = (0..<50).map { model.tweets.ids[$0] }
    ids.withUnsafeBufferPointer { ids in
      let scores = Scorer.score(
        RankQuery(userID: model.users.ids[3], tweetIDs: ids), model: model, scratch: scratch)
      for i in scores.indices {
        var sum: Float = 0
        for (column, signal) in model.signals.enumerated() {
          let part = scratch.contributions(signal.rawValue)[i]
          sum = column == 0 ? part : sum + part
        }
        #expect(sum == scores[i] && scores[i].isFinite)
      }
    }
  }
}
