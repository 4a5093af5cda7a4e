import Artifact
import Glibc
import Testing

@testable import Ranking
@testable import Training

@Suite("Steps after the signals")
struct RankStepTests {
  private let desk: StepDesk

  init() throws { desk = try StepDesk() }

  @Test("with any of them on, contributions still add up to the score exactly, best first")
  func sums() throws {
    let everything = try desk.steps {
      $0.typeWeights = ["reply": 3, "hide": -2]
      $0.outOfNetwork = -0.7
      $0.authorPenalty = 0.4
    }
    #expect(everything.active == [.engagementValue, .outOfNetwork, .bandit, .authorDiversity])
    for user in [0, 1, 7, 1_000] {
      for limit in [0, 1, 12] {
        let rows = desk.rank(user: user, everything, limit: limit)
        #expect(rows.count == (limit == 0 ? 300 : limit))
        #expect(rows.map(\.score) == rows.map(\.score).sorted(by: >))
        for row in rows { #expect(row.contributions.dropFirst().reduce(row.contributions[0], +) == row.score) }
      }
      // The best of a short answer are the best of the whole one.
      #expect(
        desk.rank(user: user, everything, limit: 12).map(\.tweet)
          == desk.rank(user: user, everything).prefix(12).map(\.tweet))
    }
  }

  @Test("the author penalty gives what picking greedily, tweet by tweet, gives")
  func diversity() throws {
    let penalty: Float = 0.75
    let plain = desk.rank(user: 5, RankSteps())
    var left = plain
    var picked: [UInt64] = []
    var taken: [UInt32: Int] = [:]
    while !left.isEmpty {
      func worth(_ row: StepDesk.Row) -> Float {
        let count = taken[desk.author(row.tweet)] ?? 0
        return count == 0 ? row.score : row.score + -penalty * Float(count)
      }
      let best =
        left.indices.max { a, b in
          (worth(left[a]), left[b].tweet) < (worth(left[b]), left[a].tweet)
        } ?? 0
      let row = left.remove(at: best)
      taken[desk.author(row.tweet), default: 0] += 1
      picked.append(row.tweet)
    }
    let spread = desk.rank(user: 5, try desk.steps { $0.authorPenalty = penalty })
    #expect(spread.map(\.tweet) == picked)
    #expect(spread.map(\.tweet) != plain.map(\.tweet))
    for row in spread {
      #expect(row.contributions.last == (row.values.last == 0 ? 0 : -penalty * (row.values.last ?? 0)))
    }
  }

  @Test("tweets by authors whom the user has no edge to and never engaged with change by the term")
  func outOfNetwork() throws {
    let (user, data) = (6, desk.fixture.data)
    let row = data.users.row(of: EntityID.of("u\(user)"))
    let engaged = data.log.users.indices.filter { data.log.users[$0] == row && data.log.scores[$0] > 0 }
      .map { data.tweetAuthors[Int(data.log.tweets[$0])] }
    let linked = data.graph.sources.indices.filter { data.graph.sources[$0] == row }.map { data.graph.destinations[$0] }
    let inside = Set(engaged + linked + [row])
    let rows = desk.rank(user: user, try desk.steps { $0.outOfNetwork = -1.5 })
    let column = desk.model.signals.count
    #expect(Set(rows.map { $0.contributions[column] }) == [0, -1.5])
    for row in rows {
      #expect((row.contributions[column] == 0) == inside.contains(desk.author(row.tweet)))
      #expect(row.values[column] == (row.contributions[column] == 0 ? 0 : 1))
    }
  }

  @Test("type weights change the log odds by ln of what the engagement is worth, as the formula says")
  func typeWeights() throws {
    let types = try #require(desk.model.moment).types
    #expect(types.names == ["hide", "like", "reply"] && types.rejections == [true, false, false])
    let blend = try #require(desk.model.moment).blend
    for weights: [Double] in [[-1, 0, 5], [0, 2, 1], [-20, 1, 1]] {
      let steps = try desk.steps {
        $0.typeWeights = ["hide": Float(weights[0]), "like": Float(weights[1]), "reply": Float(weights[2])]
      }
      for row in desk.rank(user: 9, steps) {
        let odds = types.names.indices.map { k in
          blend.signals.indices.reduce(Double(types.offsets[k])) { sum, s in
            // Explanations show a missing value as 0; the scratch still has it.
            let i = (0..<desk.scratch.count).first { desk.scratch.ids[$0] == row.tweet } ?? 0
            let value = desk.scratch.values(blend.signals[s].rawValue)[i]
            return sum + Double(types.slopes[k * blend.signals.count + s] * blend.standardised(s, value))
          }
        }
        let shares = odds.map { exp($0 - (odds.max() ?? 0)) }
        let worth = zip(weights, shares).map(*).reduce(0, +) / (shares[1] + shares[2])
        let column = desk.model.signals.count
        #expect(abs(Double(row.values[column]) - worth) < 1e-4 * max(1, abs(worth)))
        let expected = worth >= 0.05 ? log(worth) : log(0.05) + (worth - 0.05) / 0.05
        #expect(abs(Double(row.contributions[column]) - expected) < 1e-3 * max(1, abs(expected)))
      }
    }
  }

  @Test("weights that differ from the default change nothing but what they say")
  func defaults() throws {
    #expect(try desk.steps { $0.typeWeights = ["like": 1, "reply": 1, "hide": 0] }.active == [.bandit])
    #expect(try desk.steps { _ in }.version.isEmpty)
    #expect(try desk.steps { $0.typeWeights = ["reply": 2] }.version == "weights=hide:0.0+like:1.0+reply:2.0")
    #expect(try desk.steps { $0.authorPenalty = 1 }.version == "author-penalty=1.0")
    // Twice the worth for everything is the same order.
    let plain = desk.rank(user: 2, RankSteps()).map(\.tweet)
    let doubled = desk.rank(user: 2, try desk.steps { $0.typeWeights = ["like": 2, "reply": 2] })
    #expect(doubled.map(\.tweet) == plain)
    for row in doubled { #expect(abs(row.contributions[desk.model.signals.count] - logf(2)) < 1e-5) }
  }

  @Test("the term of a worth grows with it, through 0 and below")
  func termGrows() {
    let worths = stride(from: Float(-50), through: 50, by: 0.01)
    let terms = worths.map { EngagementTypes.term(worth: $0) }
    #expect(zip(terms, terms.dropFirst()).allSatisfy { $0 < $1 })
    #expect(EngagementTypes.term(worth: 1) == 0)
  }

  @Test("what cannot be is refused with the offending value")
  func refusals() throws {
    #expect(throws: StepError.unknownType(name: "lick", known: ["hide", "like", "reply"])) {
      try desk.steps { $0.typeWeights = ["lick": 1] }
    }
    for value: Float in [-0.5, .nan, .infinity, 101] {
      #expect(throws: StepError.self) { try desk.steps { $0.authorPenalty = value } }
    }
    for value: Float in [.nan, -.infinity, -101] {
      #expect(throws: StepError.self) { try desk.steps { $0.outOfNetwork = value } }
      #expect(throws: StepError.self) { try desk.steps { $0.typeWeights = ["like": value * 100] } }
    }
    var options = desk.fixture.options
    options.recipe = .classic
    let classic = try Model(Trainer.train(options, progress: SilentProgress()).0)
    var settings = StepSettings()
    settings.outOfNetwork = 1
    #expect(throws: StepError.needsMoment(name: "out-of-network")) { try RankSteps(settings, model: classic) }
    settings.outOfNetwork = 0
    settings.authorPenalty = 1
    #expect(try RankSteps(settings, model: classic).active == [.bandit, .authorDiversity])
  }
}
