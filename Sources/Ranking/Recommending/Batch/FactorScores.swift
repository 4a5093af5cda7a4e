import Artifact
import Kernels

/// Scores of all tweets for many users of a model of the classic recipe, nearly those of the ``Scorer``, and how near.
///
/// They differ by rounding alone: the same terms, summed in another order. What no user has a part in is one number a
/// tweet; products of factors are one matrix product; profiles and neighbours touch what their lists name.
final class FactorScores: Sendable {
  private let model: Model
  private let index: CandidateIndex
  let panels: FactorPanels
  /// Of any tweet: length of the factors, magnitude of the bias.
  private let largest: (factors: Double, bias: Double)
  /// Of any tweet's vector: entries, length.
  private let vectors: (entries: Int, length: Double)
  /// What rounding may do whoever the user is: sums of contributions, and numbers too small for a Float.
  private let commonError: Double

  /// O(tweets · factors).
  ///
  /// - Parameter time: Unix seconds; tweets written later are never chosen.
  init(model: Model, index: CandidateIndex, time: Int64) {
    (self.model, self.index) = (model, index)
    let (tweets, blend, width) = (model.tweets, model.blend, model.users.factorCount)
    let nothing = [Signal.profile, .userNeighbours, .itemNeighbours, .caller].reduce(Float(0)) {
      $0 + blend.term(of: $1).contribution(of: 0)
    }
    let (ofTweet, ofAuthor) = (blend.term(of: .tweetPageRank), blend.term(of: .authorPageRank))
    let rest = (0..<tweets.count).map { row -> Float in
      guard tweets.createdAt[row] <= time else { return -.infinity }
      let numbers = tweets.numbers[row]
      return nothing + ofTweet.contribution(of: numbers.prior) + ofAuthor.contribution(of: numbers.authorPrior)
    }
    let svd = blend.term(of: .svd)
    panels = FactorPanels(
      table: svd.factor == 0 ? nil : tweets.factors.baseAddress, count: tweets.count, width: width,
      finish: .init(bias: tweets.numbers.map(\.bias), rest: rest, scale: svd.factor, bound: svd.bound))
    largest = (
      factors: (0..<tweets.count).reduce(0) { max($0, Self.length(tweets.factors[($1 * width)..<(($1 + 1) * width)])) },
      bias: tweets.numbers.reduce(0) { max($0, abs(Double($1.bias))) }
    )
    vectors = (0..<tweets.count).reduce((0, 0)) { so, row in
      let entries = tweets.vectors.entries(ofRow: row)
      return (max(so.0, entries.count), max(so.1, Self.length(tweets.vectors.weights[entries])))
    }
    let rating = model.neighbours?.ratings.weights.reduce(0) { max($0, abs(Double($1))) } ?? 0
    let prior = tweets.numbers.reduce(0) { max($0, Double(max(abs($1.prior), abs($1.authorPrior)))) }
    let spans = [
      (Signal.userNeighbours, rating), (.itemNeighbours, rating), (.tweetPageRank, prior), (.authorPageRank, prior),
      (.caller, 0),
    ].map { blend.term(of: $0).span(within: $1) }
    commonError = spans.reduce(0, +) * Self.sumError + Self.tiny * Double(width + vectors.entries + 64)
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
  /// A product below the range of normal Floats is off by less than this.
  private static let tiny = 0x1p-140
  /// Sums of larger magnitudes could overflow on one side and not on the other.
  private static let safeMagnitude = 1e30

  private static func length(_ vector: some Collection<Float>) -> Double {
    vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// Twice the most by which a user's score here and the ``Scorer``'s differ: the slack of ``ReachableFew``. Infinite
  /// where the numbers are too large to say.
  func slack(of user: UInt32) -> Double {
    let users = model.users
    let (svdTerm, textTerm) = (model.blend.term(of: .svd), model.blend.term(of: .profile))
    let width = users.factorCount
    let factors = Self.length(users.factors[(Int(user) * width)..<((Int(user) + 1) * width)])
    let base = abs(Double(base(of: user)))
    let svd = factors * largest.factors + base + largest.bias + abs(Double(svdTerm.mean))
    let profile = Self.length(users.profiles.weights[users.profiles.entries(ofRow: Int(user))]) * vectors.length
    let text = profile + abs(Double(textTerm.mean))
    guard svd < Self.safeMagnitude, text < Self.safeMagnitude else { return .infinity }
    let ofTerms =
      Self.gamma(width + 8) * svd * abs(Double(svdTerm.factor))
      + Self.gamma(vectors.entries + 8) * text * abs(Double(textTerm.factor))
    let ofSums = Self.sumError * (svdTerm.span(within: svd) + textTerm.span(within: profile))
    // Both sides are off by that much from the exact value, and the slack is twice the difference.
    let slack = 4 * (ofTerms + ofSums + commonError)
    return slack < Self.safeMagnitude ? slack : .infinity
  }

  /// Mean and the user's bias, as the server adds them.
  private func base(of user: UInt32) -> Float { model.mean + model.users.bias[Int(user)] }

  /// Writes a row of scores for each user: [users, ``FactorPanels/stride``]. Users are rows of the model's table.
  ///
  /// What a user has engaged with or written, and what is of the future, is −infinity.
  func score(_ users: ArraySlice<UInt32>, memory: BatchMemory) {
    let width = model.users.factorCount
    // Without factors nothing is read from where these point.
    let start = model.users.factors.baseAddress ?? UnsafePointer(memory.sums)
    let mean = model.blend.term(of: .svd).mean
    panels.multiply(
      users.map { start + Int($0) * width }, shifts: users.map { base(of: $0) - mean }, into: memory.scores)
    for (place, user) in users.enumerated() {
      let scores = memory.scores + place * panels.stride
      addProfile(of: user, to: scores, memory)
      addNeighbours(of: user, to: scores, memory)
      model.withEngaged(by: user) { for row in $0 { scores[Int(row)] = -.infinity } }
      for row in index.tweets(ofAuthor: user) { scores[Int(row)] = -.infinity }
    }
  }

  private func addProfile(of user: UInt32, to scores: UnsafeMutablePointer<Float>, _ memory: BatchMemory) {
    let (profiles, postings, term) = (model.users.profiles, model.postings, model.blend.term(of: .profile))
    let entries = profiles.entries(ofRow: Int(user))
    guard term.factor != 0, !entries.isEmpty else { return }
    let sums = memory.sums
    var touched = 0
    postings.rows.withUnsafeBufferPointer { rows in
      postings.weights.withUnsafeBufferPointer { weights in
        guard let rows = rows.baseAddress, let weights = weights.baseAddress else { return }
        for entry in entries {
          let weight = profiles.weights[entry]
          let places = postings.places(of: Int(profiles.terms[entry]))
          touched += places.count
          for place in places { sums[Int(rows[place])] += weight * weights[place] }
        }
      }
    }
    let nothing = term.contribution(of: 0)
    func take(_ row: Int) {
      scores[row] += term.contribution(of: sums[row]) - nothing
      sums[row] = 0
    }
    // Few are found by a second walk; of many it is quicker to look at all, those with 0 too.
    guard touched < panels.count / 8 else {
      for row in 0..<panels.count { take(row) }
      return
    }
    for entry in entries {
      for place in postings.places(of: Int(profiles.terms[entry])) where sums[Int(postings.rows[place])] != 0 {
        take(Int(postings.rows[place]))
      }
    }
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
    memory.takeMeans { row, mean in scores[row] += term.contribution(of: mean) - nothing }
  }
}
