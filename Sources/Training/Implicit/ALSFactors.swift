import Kernels

/// Matrix factorisation of implicit feedback by alternating least squares (Hu, Koren and Volinsky, "Collaborative
/// Filtering for Implicit Feedback Datasets", ICDM 2008), as `implicit.als.AlternatingLeastSquares` 0.7 computes it.
///
/// Minimises Σ over all pairs of |c| (p − x_u · y_i)² + λ (Σ |x_u|² + Σ |y_i|²), where p is 1 and c the confidence of
/// an interaction, p is 0 and c 1 for all other pairs, and an interaction of negative confidence has p = 0.
///
/// In Double the factors agree with the library's to about 1e-12, or 1e-9 after many iterations of conjugate gradients,
/// which carry the last bits far: so much the library differs from itself on another CPU. In Float sums are taken in
/// another order and with 24 bits. How far that leads was measured after two iterations from each of two hundred starts
/// on each of two data sets, relative to the largest factor. Cholesky's decomposition: no factor differs by more than
/// 2e-5. Conjugate gradients that stop long before they converge carry last bits further: from a typical start half of
/// the factors differ by less than 5e-5 and the one that differs most by 1e-3; from one start in twenty single factors
/// differ by a hundredth or more, at worst by 0.11. The loss then differs by 1e-5 to 2e-4 of its size, at worst by 4e-3.
/// The same bits come out on any number of threads.
package struct ALSFactors<Scalar: FactorScalar>: Sendable {
  package let settings: ALSSettings
  /// Factors of users; row u of the table starts at u · stride.
  package private(set) var users: FactorMatrix<Scalar>
  /// Factors of items.
  package private(set) var items: FactorMatrix<Scalar>
  private let byUser: ConfidenceRows
  private let byItem: ConfidenceRows
  private let parallel: Parallel

  /// Factors as `implicit` draws them for `random_state = seed`: uniform in 0..<0.01, users first.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(
    _ interactions: Interactions, settings: ALSSettings, seed: UInt64, parallel: Parallel = Parallel(threads: 1)
  ) throws(ImplicitError) {
    try settings.validate()
    var generator = PCG64Generator(seed: seed)
    let limit: Scalar = 0.01
    let users = FactorMatrix(
      rows: interactions.userCount, factors: settings.factors, generator: &generator, below: limit)
    let items = FactorMatrix(
      rows: interactions.itemCount, factors: settings.factors, generator: &generator, below: limit)
    self.init(interactions, settings, users, items, parallel)
  }

  /// Factors that begin with these: [users, factors] and [items, factors], row-major.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(
    _ interactions: Interactions, settings: ALSSettings, users: [Scalar], items: [Scalar],
    parallel: Parallel = Parallel(threads: 1)
  ) throws(ImplicitError) {
    try settings.validate()
    let (userCount, itemCount) = (interactions.userCount, interactions.itemCount)
    self.init(
      interactions, settings,
      try FactorMatrix(rows: userCount, factors: settings.factors, numbers: users),
      try FactorMatrix(rows: itemCount, factors: settings.factors, numbers: items), parallel)
  }

  /// Settings must be valid and the tables of the right size.
  private init(
    _ interactions: Interactions, _ settings: ALSSettings, _ users: FactorMatrix<Scalar>,
    _ items: FactorMatrix<Scalar>, _ parallel: Parallel
  ) {
    self.settings = settings
    self.parallel = parallel
    self.users = users
    self.items = items
    var confidences = interactions.byUser
    if settings.alpha != 1 {
      let alpha = Float(settings.alpha)
      confidences.values = confidences.values.map { alpha * $0 }
    }
    byUser = ConfidenceRows(confidences, isOrdered: Scalar.ordersEntries)
    byItem = ConfidenceRows(
      confidences.transposed(columnCount: interactions.itemCount), isOrdered: Scalar.ordersEntries)
  }

  /// Users from items, then items from users.
  ///
  /// - Throws: ``ImplicitError/singular(side:row:regularization:)`` where Cholesky's decomposition fails, and
  ///   ``ImplicitError/diverged(side:row:)``.
  /// - Complexity: O(factors · (interactions + factors · (users + items))) with conjugate gradients, O(factors² ·
  ///   (interactions + factors · (users + items))) with Cholesky's decomposition.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func runIteration() throws(ImplicitError) {
    let rows = ALSRows<Scalar>(settings: settings, parallel: parallel)
    try rows.solve(&users, from: items, by: byUser, side: "user")
    try rows.solve(&items, from: users, by: byItem, side: "item")
  }

  /// The sum that is minimised, divided by the sum of all confidences, as `calculate_loss` of `implicit` gives it: a
  /// negative interaction adds its confidence once more, which no factors change.
  ///
  /// - Complexity: O(factors · (interactions + factors · (users + items))).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func loss() -> Double {
    let gram = ALSRows<Scalar>(settings: settings, parallel: parallel).gram(of: items)
    var (loss, confidence, norm) = (0.0, 0.0, 0.0)
    var left = [Scalar](repeating: 0, count: users.stride)
    for user in 0..<users.rows {
      users.withRow(user) { x in
        byUser.withEntries(ofRow: user) { entries in
          items.withTable { table in
            gram.withUnsafeBufferPointer { gram in
              left.withUnsafeMutableBufferPointer { left in
                guard let gram = gram.baseAddress, let into = left.baseAddress else { return }
                // −(A x − b), so that x · (A x − 2 b) = −x · (left + b).
                Scalar.residual(
                  matrix: gram, x: x, table: table, entries: entries, stride: users.stride, hasTargets: true, into: into
                )
                for entry in 0..<entries.count where entries.confidences[entry] > 0 {
                  let row = table + Int(entries.columns[entry]) * users.stride
                  Scalar.axpy(Scalar(entries.confidences[entry]), row, into, count: users.stride)
                }
                loss -= Double(Scalar.dot(x, into, count: users.stride))
              }
            }
          }
          for entry in 0..<entries.count { confidence += Double(abs(entries.confidences[entry])) }
        }
        norm += Double(Scalar.dot(x, x, count: users.stride))
      }
    }
    for item in 0..<items.rows { items.withRow(item) { norm += Double(Scalar.dot($0, $0, count: items.stride)) } }
    let unseen = Double(users.rows) * Double(items.rows) - Double(byUser.rows.entryCount)
    return (loss + confidence + Double(Float(settings.regularization)) * norm) / (confidence + unseen)
  }
}
