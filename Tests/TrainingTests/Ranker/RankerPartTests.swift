import Foundation
import Kernels
import Testing

@testable import Ranking
@testable import Training

@Suite("Parts of the ranker recipe")
struct RankerPartTests {
  @Test("L-BFGS finds the minimum of a badly scaled quadratic")
  func quadratic() {
    let scales = (0..<20).map { pow(10, Double($0) / 5) }
    let best = LimitedMemoryBFGS(iterations: 400, tolerance: 1e-10).minimise(from: .init(repeating: 0, count: 20)) {
      point, gradient in
      var value = 0.0
      for k in point.indices {
        gradient[k] = scales[k] * (point[k] - Double(k))
        value += 0.5 * scales[k] * (point[k] - Double(k)) * (point[k] - Double(k))
      }
      return value
    }
    for k in best.indices { #expect(abs(best[k] - Double(k)) < 1e-5) }
  }

  /// Lists in which signal 0 decides, signal 1 is noise and signal 2 is the same for a whole list.
  private func lists(seed: UInt64) -> RankingLists {
    var lists = RankingLists(width: 3)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<400 {
      let shared = Float(generator.gaussian())
      let rows = (0..<10).map { _ in [Float(generator.gaussian()), Float(generator.gaussian()), shared] }
      let draws = rows.map { exp(2 * Double($0[0])) }
      var left = generator.uniform() * draws.reduce(0, +)
      let chosen = draws.firstIndex { weight in
        left -= weight
        return left < 0
      }
      lists.append(labels: rows.indices.map { $0 == chosen ?? 9 }) { rows[$0][$1] }
    }
    return lists
  }

  @Test("a conditional logit finds the signal that decides, and any number of threads gives the same bits")
  func conditionalLogit() {
    let lists = lists(seed: 8)
    let scaling = SignalScaling(lists)
    let used = [true, true, true]
    let one = ConditionalLogit(lists, scaling: scaling, parallel: Parallel(threads: 1)).fit(used)
    let two = ConditionalLogit(lists, scaling: scaling, parallel: Parallel(threads: 2)).fit(used)
    #expect(one.slopes == two.slopes && one.steps == two.steps)
    // Line and stairs share the work: what counts is how much the log odds rise from one deviation below to one above.
    let rises = (0..<3).map { signal in
      let steps = (scaling.stepOffsets[signal]..<scaling.stepOffsets[signal + 1]).filter {
        abs(scaling.edges[$0] - scaling.means[signal]) < scaling.scales[signal]
      }
      return steps.reduce(2 * one.slopes[signal]) { $0 + one.steps[$1] }
    }
    #expect(abs(rises[0] - 4) < 1 && abs(rises[1]) < 0.5 && abs(rises[2]) < 1e-3, "\(rises)")
    let without = ConditionalLogit(lists, scaling: scaling, parallel: Parallel(threads: 1)).fit([false, true, true])
    #expect(without.slopes[0] == 0)
    #expect(without.steps[..<scaling.stepOffsets[1]].allSatisfy { $0 == 0 })
  }

  @Test("where nothing decides, the lists kept back keep the weights small")
  func noise() {
    var lists = RankingLists(width: 4)
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<300 {
      let chosen = generator.below(10)
      lists.append(labels: (0..<10).map { $0 == chosen }) { _, _ in Float(generator.gaussian()) }
    }
    let scaling = SignalScaling(lists)
    let learned = ConditionalLogit(lists, scaling: scaling, parallel: Parallel(threads: 1))
      .fit([true, true, true, true])
    #expect((learned.slopes + learned.steps).allSatisfy { abs($0) < 0.15 }, "\(learned)")
  }

  @Test("its gradient is that of differences: a small step along it changes the loss as it says")
  func stairsAndMissing() {
    var lists = RankingLists(width: 2)
    for number in 0..<200 {
      let values: [[Float]] = [[1, .nan], [Float(number % 3), 2], [.nan, 1]]
      lists.append(labels: [number % 2 == 0, number % 2 == 1, false]) { values[$0][$1] }
    }
    let scaling = SignalScaling(lists)
    let fit = ConditionalLogit(lists, scaling: scaling, parallel: Parallel(threads: 1)).fit([true, true])
    #expect((fit.slopes + fit.steps).allSatisfy { $0.isFinite })
    #expect(scaling.varies == [true, true])
  }

  @Test("constant and missing columns have a scale and no stairs")
  func scaling() {
    var lists = RankingLists(width: 3)
    lists.append(labels: [true, false]) { row, signal in signal == 0 ? 4 : signal == 1 ? .nan : Float(row) }
    let scaling = SignalScaling(lists)
    #expect(scaling.varies == [false, false, true] && scaling.scales.allSatisfy { $0 > 0 })
    #expect(scaling.stepOffsets[2] == 0)
  }

  @Test("pushing forward approaches the personalised PageRank of the power method")
  func forwardPush() {
    var generator = SeededGenerator(seed: 2)
    let count = 30
    let rows = (0..<150).map { _ in UInt32(generator.below(count)) }
    let columns = (0..<150).map { _ in UInt32(generator.below(count)) }
    let graph = CountedRows(rowCount: count, rows: rows, columns: columns).rows
    var push = ForwardPush(graph)
    for start in [UInt32(0), 7] {
      var got = [Double](repeating: 0, count: count)
      push.run(from: start) { got[Int($0)] = $1 }
      // p = restart · e + (1 − restart) · p · P, where what reaches a node without edges is lost.
      var exact = [Double](repeating: 0, count: count)
      for _ in 0..<400 {
        var next = [Double](repeating: 0, count: count)
        next[Int(start)] = ForwardPush.restart
        for row in 0..<count {
          let entries = graph.entries(ofRow: row)
          let total = entries.reduce(0.0) { $0 + Double(graph.values[$1]) }
          for entry in entries {
            next[Int(graph.columns[entry])] +=
              (1 - ForwardPush.restart) * exact[row] * Double(graph.values[entry]) / total
          }
        }
        exact = next
      }
      for node in 0..<count { #expect(abs(got[node] - exact[node]) < 2e-3) }
    }
  }

  @Test("products of rows are those of the dense matrix, cut to the largest")
  func rowProducts() {
    var generator = SeededGenerator(seed: 4)
    let rows = (0..<200).map { _ in UInt32(generator.below(25)) }
    let columns = (0..<200).map { _ in UInt32(generator.below(40)) }
    let matrix = CountedRows(rowCount: 25, rows: rows, columns: columns).rows
    var dense = [[Float]](repeating: [Float](repeating: 0, count: 40), count: 25)
    for row in 0..<25 {
      for entry in matrix.entries(ofRow: row) { dense[row][Int(matrix.columns[entry])] = matrix.values[entry] }
    }
    let products = RowProducts(matrix, columnCount: 40, crowd: 100, limit: 5, parallel: Parallel(threads: 2))
      .rows { _, _, sum in sum }
    for row in 0..<25 {
      let all = (0..<25).filter { $0 != row }.map { other in
        zip(dense[row], dense[other]).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let best = all.filter { $0 > 0 }.sorted(by: >).prefix(5)
      let got = products.entries(ofRow: row).map { products.values[$0] }.sorted(by: >)
      #expect(zip(got, best).allSatisfy { abs($0 - $1) < 1e-4 } && got.count == best.count)
    }
  }

  @Test("the folding matrix is the inverse it says it is")
  func fold() throws {
    let fitter = FactorFitter(
      factors: 4, alpha: 1, regularization: 0.5, rounds: 1, seed: 1, parallel: Parallel(threads: 1))
    var generator = SeededGenerator(seed: 6)
    let table = (0..<40).map { _ in Float(generator.gaussian()) }
    let inverse = try fitter.fold(table)
    for i in 0..<4 {
      for j in 0..<4 {
        var sum = 0.0
        for k in 0..<4 {
          var gram = i == k ? 0.5 : 0
          for row in 0..<10 { gram += Double(table[row * 4 + i]) * Double(table[row * 4 + k]) }
          sum += gram * Double(inverse[k * 4 + j])
        }
        #expect(abs(sum - (i == j ? 1 : 0)) < 1e-4)
      }
    }
  }

  @Test("negatives are others' tweets: never the positive, never one that the user engaged with, each once")
  func negatives() throws {
    let fixture = try MomentWorldFixture()
    let events = EventOrder(fixture.data).engagements
    let sampler = NegativeSampler(data: fixture.data, events: events)
    var generator = SeededGenerator(seed: 9)
    for event in stride(from: 100, to: events.count, by: 13) {
      let (user, tweet) = (fixture.data.log.users[events[event]], fixture.data.log.tweets[events[event]])
      let drawn = sampler.draw(event: event, using: &generator)
      #expect(!drawn.isEmpty && Set(drawn).count == drawn.count && !drawn.contains(tweet))
      #expect(drawn.allSatisfy { !sampler.isEngaged(user, $0) })
    }
  }

  @Test("hidden engagements and the edges of the same second are not folded")
  func hiddenEvents() throws {
    let fixture = try MomentWorldFixture()
    let (facts, tags, terms) = try fixture.facts()
    let events = EventOrder(fixture.data)
    let hidden = Array(events.engagements.prefix(100))
    let history = History(facts: facts, people: fixture.data.users.count, tags: tags, terms: terms)
    var replay = Replay(
      fixture.data, order: events, history: history, hidden: HiddenEvents(hidden, of: fixture.data))
    replay.advance(before: nil)
    let folded = history.people.reduce(0) { $0 + Int($1.made) }
    #expect(folded == fixture.data.log.count - 100)
  }
}
