import Artifact
import Kernels

/// Scores of all tweets for many users of a model of the classic recipe, nearly those of the ``Scorer``, and how near.
///
/// They differ by rounding alone: factors and texts in steps of 16 bits, whose products are whole numbers, and sums in
/// another order. What no user has a part in is one number a tweet; products of factors and of texts are taken with sixteen
/// users at a time; neighbours touch what their lists name.
final class FactorScores: Sendable {
  private let model: Model
  private let index: CandidateIndex
  let products: LaneProducts
  /// Of any tweet: length of the factors, magnitude of the bias.
  private let largest: (factors: Double, bias: Double)
  /// Of any tweet's vector: entries, length.
  private let texts: (entries: Int, length: Double)
  /// What rounding may do whoever the user is: sums of contributions, and numbers too small for a Float.
  private let commonError: Double

  /// O(tweets · factors).
  ///
  /// - Parameter time: Unix seconds; tweets written later are never chosen.
  init(model: Model, index: CandidateIndex, time: Int64) {
    (self.model, self.index) = (model, index)
    let (tweets, blend, width) = (model.tweets, model.blend, model.users.factorCount)
    let nothing = [Signal.userNeighbours, .itemNeighbours, .caller].reduce(Float(0)) {
      $0 + blend.term(of: $1).contribution(of: 0)
    }
    let (ofTweet, ofAuthor) = (blend.term(of: .tweetPageRank), blend.term(of: .authorPageRank))
    let rest = (0..<tweets.count).map { row -> Float in
      guard tweets.createdAt[row] <= time else { return -.infinity }
      let numbers = tweets.numbers[row]
      return nothing + ofTweet.contribution(of: numbers.prior) + ofAuthor.contribution(of: numbers.authorPrior)
    }
    let (svd, text) = (blend.term(of: .svd), blend.term(of: .profile))
    let (lists, isText) = (tweets.vectors, text.factor != 0)
    products = LaneProducts(
      dense: SteppedRows(
        table: svd.factor == 0 ? nil : tweets.factors.baseAddress, count: tweets.count, width: width),
      sparse: SteppedSparseRows(
        offsets: isText ? lists.offsets : .init(start: nil, count: 0), columns: lists.terms, values: lists.weights,
        count: tweets.count, columnCount: model.vocabulary.count),
      finish: .init(
        bias: tweets.numbers.map(\.bias), rest: rest, factor: svd.factor, bound: svd.bound, sparseFactor: text.factor,
        sparseMean: text.mean, sparseBound: text.bound))
    largest = (
      factors: (0..<tweets.count).reduce(0) { max($0, Self.length(tweets.factors[($1 * width)..<(($1 + 1) * width)])) },
      bias: tweets.numbers.reduce(0) { max($0, abs(Double($1.bias))) }
    )
    texts = (0..<tweets.count).reduce((0, 0)) { so, row in
      let entries = tweets.vectors.entries(ofRow: row)
      return (max(so.0, entries.count), max(so.1, Self.length(tweets.vectors.weights[entries])))
    }
    let rating = model.neighbours?.ratings.weights.reduce(0) { max($0, abs(Double($1))) } ?? 0
    let prior = tweets.numbers.reduce(0) { max($0, Double(max(abs($1.prior), abs($1.authorPrior)))) }
    let spans = [
      (Signal.userNeighbours, rating), (.itemNeighbours, rating), (.tweetPageRank, prior), (.authorPageRank, prior),
      (.caller, 0),
    ].map { blend.term(of: $0).span(within: $1) }
    commonError = spans.reduce(0, +) * Self.sumError + Self.tiny * Double(width + texts.entries + 64)
  }

  /// Largest relative error of a sum of `terms` products in any order (Higham, "Accuracy and Stability of Numerical
  /// Algorithms", section 3.1), against the sum of the magnitudes.
  private static func gamma(_ terms: Int) -> Double {
    let error = Double(terms) * 0x1p-24
    return error / (1 - error)
  }
  /// Contributions are added up on both sides; on this one with defaults that are taken away again, which makes three
  /// magnitudes of one. In all there are fewer roundings than this counts.
  private static let sumError = 3 * gamma(64)
  /// A product below the range of normal Floats is off by less than this, also one of 2³⁰ steps.
  private static let tiny = 0x1p-118
  /// Sums of larger magnitudes could overflow on one side and not on the other.
  private static let safeMagnitude = 1e30

  private static func length(_ vector: some Collection<Float>) -> Double {
    vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// Twice the most by which the scores here of the user in a lane and the ``Scorer``'s differ: the slack of
  /// ``ReachableLanes``. Infinite where the numbers are too large to say.
  func slack(of user: UInt32, lane: Int, _ vectors: LaneVectors) -> Double {
    let users = model.users
    let (svdTerm, textTerm) = (model.blend.term(of: .svd), model.blend.term(of: .profile))
    let width = users.factorCount
    let factors = Self.length(users.factors[(Int(user) * width)..<((Int(user) + 1) * width)])
    let base = abs(Double(base(of: user)))
    let svd = factors * largest.factors + base + largest.bias + abs(Double(svdTerm.mean))
    let profile = Self.length(users.profiles.weights[users.profiles.entries(ofRow: Int(user))]) * texts.length
    let text = profile + abs(Double(textTerm.mean))
    guard svd < Self.safeMagnitude, text < Self.safeMagnitude else { return .infinity }
    let ofTerms =
      Self.gamma(width + 8) * svd * abs(Double(svdTerm.factor))
      + Self.gamma(texts.entries + 8) * text * abs(Double(textTerm.factor))
    let ofSums = Self.sumError * (svdTerm.span(within: svd) + textTerm.span(within: profile))
    let ofSteps =
      products.dense.steps.productError(with: vectors.denseSteps[lane]) * abs(Double(svdTerm.factor))
      + products.sparse.steps.productError(with: vectors.sparseSteps[lane]) * abs(Double(textTerm.factor))
    // Both sides are off by rounding from the exact value, one by steps as well, and the slack is twice the difference.
    let slack = 4 * (ofTerms + ofSums + commonError) + 2 * ofSteps
    return slack < Self.safeMagnitude ? slack : .infinity
  }

  /// Mean and the user's bias, as the server adds them.
  private func base(of user: UInt32) -> Float { model.mean + model.users.bias[Int(user)] }

  /// Writes a score of each tweet for up to ``LaneVectors/lanes`` users, which are rows of the model's table: [tweets, lanes].
  ///
  /// What a user has engaged with or written, and what is of the future, is −infinity.
  func score(_ users: ArraySlice<UInt32>, memory: BatchMemory) {
    let (table, vectors) = (model.users, memory.vectors)
    vectors.clear()
    for (lane, user) in users.enumerated() {
      let start = Int(user) * products.dense.width
      vectors.setDense(.init(rebasing: table.factors[start..<start + products.dense.width]), lane: lane)
      guard products.sparse.mostEntries > 0 else { continue }
      let entries = table.profiles.entries(ofRow: Int(user))
      vectors.setSparse(
        columns: .init(rebasing: table.profiles.terms[entries]),
        values: .init(rebasing: table.profiles.weights[entries]), lane: lane)
    }
    let mean = model.blend.term(of: .svd).mean
    products.multiply(vectors, shifts: users.map { base(of: $0) - mean }, into: memory.scores)
    for (lane, user) in users.enumerated() {
      let scores = memory.scores + lane
      addNeighbours(of: user, to: scores, memory)
      model.withEngaged(by: user) { for row in $0 { scores[LaneVectors.lanes * Int(row)] = -.infinity } }
      for row in index.tweets(ofAuthor: user) { scores[LaneVectors.lanes * Int(row)] = -.infinity }
    }
  }

  /// For each of the users just scored, the tweets that could be among the best `limit`: rows, ascending.
  func reachable(_ limit: Int, _ users: ArraySlice<UInt32>, memory: BatchMemory) -> [[UInt32]] {
    let slacks = users.enumerated().map { lane, user in slack(of: user, lane: lane, memory.vectors) }
    return ReachableLanes.rows(UnsafePointer(memory.scores), count: products.count, k: limit, slacks: slacks)
  }

  /// The same sums in the same order as ``Signals/neighbours(_:_:)``.
  private func addNeighbours(of user: UInt32, to scores: UnsafeMutablePointer<Float>, _ memory: BatchMemory) {
    guard let tables = model.neighbours else { return }
    if model.blend.term(of: .userNeighbours).factor != 0 {
      for near in tables.users.entries(ofRow: Int(user)) {
        let similarity = Double(tables.users.weights[near])
        for rated in tables.ratings.entries(ofRow: Int(tables.users.terms[near])) {
          memory.count(Double(tables.ratings.weights[rated]), similarity, row: tables.ratings.terms[rated])
        }
      }
      takeMeans(.userNeighbours, to: scores, memory)
    }
    if model.blend.term(of: .itemNeighbours).factor != 0 {
      for rated in tables.ratings.entries(ofRow: Int(user)) {
        let rating = Double(tables.ratings.weights[rated])
        for near in tables.tweets.entries(ofRow: Int(tables.ratings.terms[rated])) {
          memory.count(rating, Double(tables.tweets.weights[near]), row: tables.tweets.terms[near])
        }
      }
      takeMeans(.itemNeighbours, to: scores, memory)
    }
  }

  private func takeMeans(_ signal: Signal, to scores: UnsafeMutablePointer<Float>, _ memory: BatchMemory) {
    let term = model.blend.term(of: signal)
    let nothing = term.contribution(of: 0)
    memory.takeMeans { row, mean in scores[LaneVectors.lanes * row] += term.contribution(of: mean) - nothing }
  }
}
