import Kernels

/// The tweets whose text is closest to a given one: exact cosine over posting lists.
///
/// Holds one accumulator per tweet (4 bytes each), so a worker makes it on first use. Confined to one thread.
public final class SimilarTweets {
  private let model: Model
  private var sums: [Float]
  private var touched: [UInt32] = []
  private var scores: [Float] = []
  private var keys: [UInt64] = []
  private var order: [UInt32] = []

  /// Working memory for one model.
  public init(model: Model) {
    self.model = model
    sums = .init(repeating: 0, count: model.tweets.count)
    // Made here, so that who makes this beforehand makes them too.
    _ = model.postings
  }

  /// One answer: parallel columns, most similar first.
  public struct Answer {
    /// Rows in the model's tweet table.
    public var rows: [UInt32]
    /// Cosines in (0, 1].
    public var similarities: [Float]
  }

  /// The `limit` tweets most similar to the tweet in `row`, without itself.
  public func nearest(toRow row: UInt32, limit: Int) -> Answer {
    let vectors = model.tweets.vectors
    let own = Int(vectors.offsets[Int(row)])..<Int(vectors.offsets[Int(row) + 1])
    accumulate(
      terms: UnsafeBufferPointer(rebasing: vectors.terms[own]),
      weights: UnsafeBufferPointer(rebasing: vectors.weights[own]))
    return best(limit, excluding: row)
  }

  /// The `limit` tweets most similar to a text.
  public func nearest(toText text: UnsafeRawBufferPointer, limit: Int, scratch: RankScratch) -> Answer {
    scratch.vectorizer.vectorize(text) { terms, weights in accumulate(terms: terms, weights: weights) }
    return best(limit, excluding: ModelSchema.noRow)
  }

  /// Adds each term's postings; terms ascend, so that a sum's order, and with it its bits, is always the same.
  private func accumulate(terms: UnsafeBufferPointer<UInt32>, weights: UnsafeBufferPointer<Float>) {
    let postings = model.postings
    for k in terms.indices {
      let term = Int(terms[k])
      for p in postings.offsets[term]..<postings.offsets[term + 1] {
        let row = postings.rows[p]
        if sums[Int(row)] == 0 { touched.append(row) }
        sums[Int(row)] += weights[k] * postings.weights[p]
      }
    }
  }

  /// Takes the best of the touched rows and leaves the accumulators at zero.
  private func best(_ limit: Int, excluding own: UInt32) -> Answer {
    scores.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    var kept = 0
    for row in touched {
      let sum = sums[Int(row)]
      sums[Int(row)] = 0
      // A row touched by a product that rounded to nothing may be listed twice; it is zero the second time.
      guard sum > 0, row != own else { continue }
      touched[kept] = row
      kept += 1
      scores.append(min(sum, 1))
      keys.append(model.tweets.ids[Int(row)])
    }
    let wanted = max(0, min(limit, kept))
    if order.count < wanted { order = .init(repeating: 0, count: wanted) }
    var answer = Answer(rows: [], similarities: [])
    order.withUnsafeMutableBufferPointer { order in
      guard wanted > 0, let out = order.baseAddress else { return }
      scores.withUnsafeBufferPointer { scores in
        keys.withUnsafeBufferPointer { keys in TopK.select(scores: scores, keys: keys, k: wanted, into: out) }
      }
      for k in 0..<wanted {
        answer.rows.append(touched[Int(out[k])])
        answer.similarities.append(scores[Int(out[k])])
      }
    }
    touched.removeAll(keepingCapacity: true)
    return answer
  }
}
