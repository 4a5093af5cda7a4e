import Kernels

/// Predicts ratings from those of the k most similar users, or of the k most similar items: `KNNBasic`,
/// `KNNWithMeans` and `KNNBaseline` of Surprise 1.1.5, with the same neighbours in the same order, so the same bits.
package struct NeighbourModel: Sendable {
  private let ratings: RatingSet
  private let algorithm: NeighbourAlgorithm
  private let side: RatingSide
  private let limit: Int
  private let minNeighbours: Int
  /// All similarities.
  package let similarities: SimilarityMatrix
  /// Of all users and items; fitted where the algorithm or the measure needs them.
  package let baselines: Baselines?
  /// [rows] mean ratings; empty unless needed.
  private let means: [Double]
  /// What neighbours are compared by: for each such column, who rated it.
  private let columns: RatingLists
  /// Per entry of `columns`, what is averaged: the rating, less the neighbour's mean or baseline.
  private let parts: [Double]

  /// A model of k nearest neighbours.
  ///
  /// - Parameters:
  ///   - limit: Surprise's `k`, at least 1.
  ///   - minNeighbours: Surprise's `min_k`, at least 0. With 0 and no neighbour, ``NeighbourAlgorithm/basic`` is
  ///     impossible (Surprise divides by zero).
  /// - Throws: ``NeighbourError`` as ``SimilarityMatrix``, or for an option out of range.
  /// - Complexity: that of ``SimilarityMatrix`` and ``Baselines``.
  package init(
    _ ratings: RatingSet, _ algorithm: NeighbourAlgorithm, similarity: SimilarityOptions, limit: Int = 40,
    minNeighbours: Int = 1, baselines method: BaselineMethod = .leastSquares(), parallel: Parallel
  ) throws(NeighbourError) {
    guard limit >= 1 else { throw .badOption(name: "limit", value: "\(limit)", reason: "must be at least 1") }
    guard minNeighbours >= 0 else {
      throw .badOption(name: "minNeighbours", value: "\(minNeighbours)", reason: "must be at least 0")
    }
    self.ratings = ratings
    self.algorithm = algorithm
    side = similarity.side
    self.limit = limit
    self.minNeighbours = minNeighbours
    let needsBaselines = algorithm == .baseline || similarity.measure == .pearsonBaseline
    let baselines = needsBaselines ? try Baselines(ratings, method: method) : nil
    similarities = try SimilarityMatrix(ratings, similarity, baselines: baselines, parallel: parallel)
    self.baselines = baselines
    let rows = ratings.lists(of: side)
    let means =
      algorithm != .withMeans
      ? []
      : rows.scores.withUnsafeBufferPointer { scores in
        (0..<rows.count).map { NumPySum.mean(UnsafeBufferPointer(rebasing: scores[rows.entries(of: $0)])) }
      }
    let columns = ratings.lists(opposite: side)
    var parts = columns.scores
    switch algorithm {
    case .basic: break
    case .withMeans:
      for entry in parts.indices { parts[entry] -= means[Int(columns.others[entry])] }
    case .baseline:
      guard let baselines else { break }
      let (own, other) = (baselines.biases(of: side), baselines.biases(opposite: side))
      for column in 0..<columns.count {
        for entry in columns.entries(of: column) {
          parts[entry] -= (ratings.mean + own[Int(columns.others[entry])]) + other[column]
        }
      }
    }
    self.means = means
    self.columns = columns
    self.parts = parts
  }

  /// The rating that a user is expected to give an item, by their numbers; nil for one without ratings.
  /// - Complexity: O(n + k log k) for n ratings of what neighbours are compared by.
  package func predict(user: Int?, item: Int?) -> NeighbourPrediction {
    let (row, column) = side == .users ? (user, item) : (item, user)
    let start: Double
    switch algorithm {
    case .basic: start = 0
    case .withMeans: start = row.map { means[$0] } ?? 0
    case .baseline:
      // In Surprise's order of addition: the user's first.
      let userBias = user.flatMap { baselines?.users[$0] } ?? 0
      let itemBias = item.flatMap { baselines?.items[$0] } ?? 0
      start = (ratings.mean + userBias) + itemBias
    }
    guard let row, let column else {
      let isBaseline = algorithm == .baseline
      return NeighbourPrediction(
        estimate: isBaseline ? start : ratings.mean, wasImpossible: !isBaseline, neighbours: nil)
    }
    let found = similarities.hasNaN ? carefully(row, column) : quickly(row, column)
    let isEnough = found.count >= minNeighbours && found.count > 0
    if algorithm == .basic {
      return isEnough
        ? NeighbourPrediction(estimate: found.sum / found.weight, wasImpossible: false, neighbours: found.count)
        : NeighbourPrediction(estimate: ratings.mean, wasImpossible: true, neighbours: nil)
    }
    let estimate = isEnough ? start + found.sum / found.weight : start
    return NeighbourPrediction(estimate: estimate, wasImpossible: false, neighbours: found.count)
  }

  /// Clipped predictions for pairs of numbers below ``RatingSet/userCount`` and ``RatingSet/itemCount``; of others, as
  /// of unknown ones. One thread.
  package func predict(users: [UInt32], items: [UInt32], scale: ClosedRange<Double>) -> [Double] {
    zip(users, items).map { user, item in
      predict(
        user: Int(user) < ratings.userCount ? Int(user) : nil, item: Int(item) < ratings.itemCount ? Int(item) : nil
      ).estimate.clipped(to: scale)
    }
  }

  private struct Found {
    var count = 0
    var weight = 0.0
    var sum = 0.0
  }

  /// Chooses among those with positive similarity: the others would be passed over in the end.
  private func quickly(_ row: Int, _ column: Int) -> Found {
    let entries = columns.entries(of: column)
    var found = Found()
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * entries.count + LargerCounts.lanes) { memory in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: entries.count) { placeMemory in
        guard let values = memory.baseAddress, let places = placeMemory.baseAddress else { return }
        let own = row * similarities.count
        var count = 0
        similarities.values.withUnsafeBufferPointer { all in
          columns.others.withUnsafeBufferPointer { others in
            for entry in entries {
              let similarity = all[own &+ Int(others[entry])]
              values[count] = similarity
              places[count] = UInt32(truncatingIfNeeded: entry)
              // 1 where the similarity is positive: neither negative nor ±0, from the bits and without a branch.
              let bits = similarity.bitPattern
              count &+= Int(truncatingIfNeeded: (~bits & (0 &- bits)) &>> 63)
            }
          }
        }
        found.count = LargestFew.sort(
          limit, values: values, places: places, count: count, work: values + entries.count)
        parts.withUnsafeBufferPointer { parts in
          for index in 0..<found.count {
            found.weight += values[index]
            found.sum += values[index] * parts[Int(places[index])]
          }
        }
      }
    }
    return found
  }

  /// The same as Python does it, for when some similarity is NaN.
  private func carefully(_ row: Int, _ column: Int) -> Found {
    let entries = columns.entries(of: column)
    let keys = entries.map { similarities[row, Int(columns.others[$0])] }
    var found = Found()
    for place in PythonHeap.largest(limit, keys) where keys[place] > 0 {
      found.count += 1
      found.weight += keys[place]
      found.sum += keys[place] * parts[entries.lowerBound + place]
    }
    return found
  }
}
