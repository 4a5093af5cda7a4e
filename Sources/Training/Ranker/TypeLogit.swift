import Glibc
import Kernels
import Ranking

/// Multinomial logistic regression of types on standardised signals: minimises
/// −Σ ln P(type of the row) + penalty / 2 · |slopes|², P as in ``EngagementTypes``.
///
/// Gradients are summed in chunks of fixed size, so the result does not depend on the number of threads.
struct TypeLogit {
  /// [K] and [K, S].
  struct Weights {
    var offsets: [Double]
    var slopes: [Double]

    /// All slopes 0, probabilities in the proportion of `shares`, as if each type had one more.
    init(shares: [Int], width: Int) {
      offsets = shares.map { log(Double($0 + 1)) }
      slopes = .init(repeating: 0, count: shares.count * width)
    }

    fileprivate init(_ point: [Double], types: Int) {
      offsets = Array(point[..<types])
      slopes = Array(point[types...])
    }
  }

  private static let chunkSize = 1_024

  private let width: Int
  private let typeCount: Int
  /// [rows, S] standardised.
  private let inputs: [Float]
  /// [rows]
  private let targets: [Int]
  private let penalty: Double
  private let parallel: Parallel

  init(
    _ examples: TypeExamples, rows: [Int], classes: TypeClasses, blend: MomentBlend, penalty: Double, parallel: Parallel
  ) {
    width = examples.width
    typeCount = classes.names.count
    targets = rows.map { classes.numbers[$0] }
    self.penalty = penalty
    self.parallel = parallel
    var inputs: [Float] = []
    inputs.reserveCapacity(rows.count * width)
    for row in rows {
      for signal in 0..<width { inputs.append(blend.standardised(signal, examples.values[row * width + signal])) }
    }
    self.inputs = inputs
  }

  /// Learns from a range of the rows.
  func fit(_ range: Range<Int>) -> Weights {
    let start = Weights(shares: .init(repeating: 0, count: typeCount), width: width)
    let point = LimitedMemoryBFGS().minimise(from: start.offsets + start.slopes) { point, gradient in
      evaluate(point, range, &gradient)
    }
    return Weights(point, types: typeCount)
  }

  /// Mean of −ln P(type of the row) over a range of the rows, in nats; 0 for an empty range.
  func entropy(_ weights: Weights, _ range: Range<Int>) -> Double {
    var shares = [Double](repeating: 0, count: typeCount)
    var sum = 0.0
    for row in range {
      fillShares(weights.offsets, weights.slopes, row, &shares)
      sum -= log(max(shares[targets[row]], 1e-30))
    }
    return range.isEmpty ? 0 : sum / Double(range.count)
  }

  private func evaluate(_ point: [Double], _ range: Range<Int>, _ gradient: inout [Double]) -> Double {
    let (offsets, slopes) = (Array(point[..<typeCount]), Array(point[typeCount...]))
    let chunks = Parallel.chunkCount(of: range.count, size: Self.chunkSize)
    var parts = [(loss: Double, gradient: [Double])](repeating: (0, []), count: chunks)
    parts.withUnsafeMutableBufferPointer { parts in
      parallel.forEachChunk(of: range.count, size: Self.chunkSize) { chunk, rows in
        parts[chunk] = part(rows.lowerBound + range.lowerBound..<rows.upperBound + range.lowerBound, offsets, slopes)
      }
    }
    var value = 0.0
    for k in gradient.indices {
      gradient[k] = k < typeCount ? 0 : penalty * point[k]
      value += k < typeCount ? 0 : 0.5 * penalty * point[k] * point[k]
    }
    for part in parts {
      value += part.loss
      for k in gradient.indices { gradient[k] += part.gradient[k] }
    }
    return value
  }

  private func part(
    _ rows: Range<Int>, _ offsets: [Double], _ slopes: [Double]
  ) -> (loss: Double, gradient: [Double]) {
    var gradient = [Double](repeating: 0, count: offsets.count + slopes.count)
    var shares = [Double](repeating: 0, count: typeCount)
    var loss = 0.0
    for row in rows {
      fillShares(offsets, slopes, row, &shares)
      loss -= log(max(shares[targets[row]], 1e-30))
      for k in 0..<typeCount {
        let difference = shares[k] - (targets[row] == k ? 1 : 0)
        gradient[k] += difference
        let (first, input) = (typeCount + k * width, row * width)
        for s in 0..<width { gradient[first + s] += difference * Double(inputs[input + s]) }
      }
    }
    return (loss, gradient)
  }

  private func fillShares(_ offsets: [Double], _ slopes: [Double], _ row: Int, _ shares: inout [Double]) {
    for k in 0..<typeCount {
      var sum = offsets[k]
      let (first, input) = (k * width, row * width)
      for s in 0..<width { sum += slopes[first + s] * Double(inputs[input + s]) }
      shares[k] = sum
    }
    let largest = shares.max() ?? 0
    var total = 0.0
    for k in 0..<typeCount {
      shares[k] = exp(shares[k] - largest)
      total += shares[k]
    }
    for k in 0..<typeCount { shares[k] /= total }
  }
}
