import Glibc
import Kernels
import Ranking

/// Conditional logistic regression: of each list, one candidate was chosen, with probability
/// exp(score) / Σ exp(scores of the list) (McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior",
/// 1974). What is the same for a whole list has no say, which is what an order needs.
///
/// Inputs are standardised signals and stairs (``SignalScaling``); squared weights are penalised. Gradients are summed
/// in chunks of fixed size, so the result does not depend on the number of threads.
struct ConditionalLogit {
  /// Weights of half the squared weights that are tried, the dearest first.
  static let penalties = [150.0, 50, 15, 5, 1.5]
  /// One over the part of the lists, the last, that decides between them; fewer lists than this keep the dearest.
  static let heldOut = 5
  static let leastToJudge = 100
  /// Each trial goes on from the last; to be compared they need not be exact.
  private static let trial = LimitedMemoryBFGS(iterations: 30, tolerance: 1e-3)
  /// Lists that are worked on as one piece.
  private static let chunkSize = 256

  private let lists: RankingLists
  private let scaling: SignalScaling
  private let parallel: Parallel
  /// [rows, width] standardised, 0 where missing.
  private var inputs: [Float]
  /// [rows, width] steps exceeded.
  private var places: [UInt8]

  init(_ lists: RankingLists, scaling: SignalScaling, parallel: Parallel) {
    self.lists = lists
    self.scaling = scaling
    self.parallel = parallel
    inputs = .init(repeating: 0, count: lists.values.count)
    places = .init(repeating: 0, count: lists.values.count)
    for row in 0..<lists.rows {
      for signal in 0..<lists.width {
        let index = row * lists.width + signal
        let value = lists.values[index]
        // 255 marks a missing value: neither line nor stairs.
        if value.isNaN {
          places[index] = .max
          continue
        }
        let z = (value - scaling.means[signal]) / scaling.scales[signal]
        inputs[index] = scaling.varies[signal] ? min(MomentBlend.bound, max(-MomentBlend.bound, z)) : 0
        for step in scaling.stepOffsets[signal]..<scaling.stepOffsets[signal + 1] where value > scaling.edges[step] {
          places[index] += 1
        }
      }
    }
  }

  /// Learns slopes and steps; `isUsed` says which signals may have weight.
  ///
  /// How much large weights cost is decided by the last of the lists: from dear to cheap, until what is learned from the
  /// lists before them ranks them no better. Then all lists teach.
  func fit(_ isUsed: [Bool]) -> (slopes: [Float], steps: [Float]) {
    let width = lists.width
    let fixed = fixedWeights(isUsed)
    guard lists.count > 0 else {
      return (.init(repeating: 0, count: width), .init(repeating: 0, count: scaling.edges.count))
    }
    let start = [Double](repeating: 0, count: width + scaling.edges.count)
    var best = (penalty: Self.penalties[0], point: start, loss: Double.infinity)
    if lists.count >= Self.leastToJudge {
      let cut = lists.count - lists.count / Self.heldOut
      var point = start
      for penalty in Self.penalties {
        point = minimise(from: point, 0..<cut, penalty: penalty, fixed: fixed, Self.trial)
        let loss = loss(of: point, cut..<lists.count)
        guard loss < best.loss else { break }
        best = (penalty, point, loss)
      }
    }
    let point = minimise(
      from: best.point, 0..<lists.count, penalty: best.penalty, fixed: fixed, LimitedMemoryBFGS())
    return (point[..<width].map { Float($0) }, point[width...].map { Float($0) })
  }

  /// Weights that stay 0: those of signals that may not be used or are the same everywhere.
  private func fixedWeights(_ isUsed: [Bool]) -> [Int] {
    (0..<lists.width).filter { !isUsed[$0] || !scaling.varies[$0] }.flatMap { signal in
      [signal] + (scaling.stepOffsets[signal]..<scaling.stepOffsets[signal + 1]).map { lists.width + $0 }
    }
  }

  private func minimise(
    from start: [Double], _ range: Range<Int>, penalty: Double, fixed: [Int], _ method: LimitedMemoryBFGS
  ) -> [Double] {
    method.minimise(from: start) { point, gradient in
      let value = evaluate(point, range, penalty: penalty, &gradient)
      for weight in fixed { gradient[weight] = 0 }
      return value
    }
  }

  /// Negative log likelihood of some lists.
  private func loss(of point: [Double], _ range: Range<Int>) -> Double {
    var gradient = [Double](repeating: 0, count: point.count)
    return evaluate(point, range, penalty: 0, &gradient)
  }

  /// Penalised negative log likelihood of some lists and its gradient.
  private func evaluate(
    _ point: [Double], _ range: Range<Int>, penalty: Double, _ gradient: inout [Double]
  ) -> Double {
    let width = lists.width
    // What a signal adds at each stair: running sums of its steps.
    let stairs = Stairs(steps: point[width...].map { Float($0) }, scaling: scaling)
    let slopes = point[..<width].map { Float($0) }
    let chunks = Parallel.chunkCount(of: range.count, size: Self.chunkSize)
    var parts = [Part](repeating: Part(), count: chunks)
    parts.withUnsafeMutableBufferPointer { parts in
      parallel.forEachChunk(of: range.count, size: Self.chunkSize) { chunk, places in
        parts[chunk] = part(
          range.lowerBound + places.lowerBound..<range.lowerBound + places.upperBound, slopes, stairs)
      }
    }
    var value = 0.0
    for k in point.indices {
      gradient[k] = penalty * point[k]
      value += 0.5 * penalty * point[k] * point[k]
    }
    for part in parts {
      value += part.loss
      for signal in 0..<width { gradient[signal] += Double(part.slopes[signal]) }
      for signal in 0..<width {
        // A step counts for all rows above its edge.
        var above: Float = 0
        for step in (scaling.stepOffsets[signal]..<scaling.stepOffsets[signal + 1]).reversed() {
          above += part.stairs[stairs.offsets[signal] + step - scaling.stepOffsets[signal] + 1]
          gradient[width + step] += Double(above)
        }
      }
    }
    return value
  }

  private struct Part {
    var loss = 0.0
    var slopes: [Float] = []
    var stairs: [Float] = []
  }

  private func part(_ range: Range<Int>, _ slopes: [Float], _ stairs: Stairs) -> Part {
    let width = lists.width
    var part = Part()
    part.slopes = .init(repeating: 0, count: width)
    part.stairs = .init(repeating: 0, count: stairs.values.count)
    var scores: [Float] = []
    inputs.withUnsafeBufferPointer { inputs in
      places.withUnsafeBufferPointer { places in
        for list in range {
          let rows = lists.offsets[list]..<lists.offsets[list + 1]
          scores.removeAll(keepingCapacity: true)
          for row in rows {
            var score: Float = 0
            for signal in 0..<width {
              let index = row * width + signal
              score += slopes[signal] * inputs[index]
              if places[index] != .max { score += stairs.values[stairs.offsets[signal] + Int(places[index])] }
            }
            scores.append(score)
          }
          let largest = scores.max() ?? 0
          let total = scores.reduce(Float(0)) { $0 + expf($1 - largest) }
          let positives = rows.reduce(Float(0)) { $0 + (lists.labels[$1] ? 1 : 0) }
          guard positives > 0 else { continue }
          for (i, row) in rows.enumerated() {
            let probability = expf(scores[i] - largest) / total
            let target = lists.labels[row] ? 1 / positives : 0
            if target > 0 { part.loss -= Double(target) * log(max(Double(probability), 1e-30)) }
            let difference = probability - target
            for signal in 0..<width {
              let index = row * width + signal
              part.slopes[signal] += difference * inputs[index]
              if places[index] != .max { part.stairs[stairs.offsets[signal] + Int(places[index])] += difference }
            }
          }
        }
      }
    }
    return part
  }
}

/// What each signal adds on each of its stairs, the lowest of which adds 0.
private struct Stairs {
  let offsets: [Int]
  let values: [Float]

  init(steps: [Float], scaling: SignalScaling) {
    var offsets: [Int] = []
    var values: [Float] = []
    for signal in scaling.means.indices {
      offsets.append(values.count)
      var sum: Float = 0
      values.append(0)
      for step in scaling.stepOffsets[signal]..<scaling.stepOffsets[signal + 1] {
        sum += steps[step]
        values.append(sum)
      }
    }
    self.offsets = offsets
    self.values = values
  }
}
