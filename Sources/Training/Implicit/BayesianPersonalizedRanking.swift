import Kernels

/// Matrix factorisation that learns to put what a user engaged with above what they did not (Rendle, Freudenthaler,
/// Gantner and Schmidt-Thieme, "BPR: Bayesian Personalized Ranking from Implicit Feedback", UAI 2009), as
/// `implicit.bpr.BayesianPersonalizedRanking` 0.7 computes it on one thread.
///
/// Each step draws two interactions, the second for its item only. A user's row ends with 1, an item's with its bias.
/// In Double the factors agree with the library's to about 1e-15; in Float sums are taken in another order and with 24
/// bits.
package struct BayesianPersonalizedRanking<Scalar: FactorScalar>: Sendable {
  /// How the steps of an epoch went.
  package struct Epoch: Sendable, Equatable {
    /// Pairs that stood in the right order before their step.
    package var correct = 0
    /// Pairs that were no pairs, because the user engaged with both items.
    package var skipped = 0
  }

  package let settings: BPRSettings
  /// [users, factors + 1]
  package private(set) var users: FactorMatrix<Scalar>
  /// [items, factors + 1]
  package private(set) var items: FactorMatrix<Scalar>
  private let byUser: SparseRows<Float>
  /// User of each interaction.
  private let owners: [UInt32]
  /// nil if there is nothing to draw from.
  private var sampler: PairSampler?

  /// Factors and stream as `implicit` draws them for `random_state = seed`: uniform in ±0.5 / factors, items first;
  /// rows without interactions are 0.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(_ interactions: Interactions, settings: BPRSettings, seed: UInt64) throws(ImplicitError) {
    try settings.validate()
    let (rows, width) = (interactions.byUser, settings.factors + 1)
    var generator = PCG64Generator(seed: seed)
    var counts = [Int](repeating: 0, count: interactions.itemCount)
    for item in rows.columns { counts[Int(item)] += 1 }
    func drawn(_ count: Int, isUsed: (Int) -> Bool) -> [Scalar] {
      var numbers: [Scalar] = []
      numbers.reserveCapacity(count * width)
      for row in 0..<count {
        for _ in 0..<width {
          let number = (Scalar.uniform(&generator) - 0.5) / Scalar(settings.factors)
          numbers.append(isUsed(row) ? number : 0)
        }
      }
      return numbers
    }
    let items = drawn(interactions.itemCount) { counts[$0] > 0 }
    var users = drawn(interactions.userCount) { !rows.entries(ofRow: $0).isEmpty }
    for user in 0..<interactions.userCount { users[user * width + settings.factors] = 1 }
    let streamSeed = UInt32(generator.below(1 << 31))
    try self.init(interactions, settings: settings, users: users, items: items, streamSeed: streamSeed)
  }

  /// Factors that begin with these: [users, factors + 1] and [items, factors + 1], row-major.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(
    _ interactions: Interactions, settings: BPRSettings, users: [Scalar], items: [Scalar], streamSeed: UInt32
  ) throws(ImplicitError) {
    try settings.validate()
    self.settings = settings
    self.users = try FactorMatrix(rows: interactions.userCount, factors: settings.factors + 1, numbers: users)
    self.items = try FactorMatrix(rows: interactions.itemCount, factors: settings.factors + 1, numbers: items)
    byUser = interactions.byUser
    var owners: [UInt32] = []
    owners.reserveCapacity(byUser.entryCount)
    for user in 0..<byUser.rowCount {
      for _ in byUser.entries(ofRow: user) { owners.append(UInt32(truncatingIfNeeded: user)) }
    }
    self.owners = owners
    if byUser.entryCount > 0 {
      sampler = PairSampler(seed: streamSeed, count: UInt32(truncatingIfNeeded: byUser.entryCount))
    }
  }

  /// As many steps as there are interactions; without interactions nothing happens.
  ///
  /// `report` hears each pair drawn, in order: the user, the item engaged with, the other, and whether it was skipped.
  ///
  /// - Throws: ``ImplicitError/diverged(side:row:)``.
  /// - Complexity: O(interactions · (factors + log of a user's interactions)).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func runEpoch(
    report: ((_ user: UInt32, _ liked: UInt32, _ other: UInt32, _ isSkipped: Bool) -> Void)? = nil
  ) throws(ImplicitError) -> Epoch {
    var epoch = Epoch()
    guard var sampler else { return epoch }
    for _ in 0..<byUser.entryCount {
      let (first, second) = (sampler.next(), sampler.next())
      let (user, liked, other) = (owners[first], byUser.columns[first], byUser.columns[second])
      let isSkipped = settings.verifiesNegatives && hasEngaged(Int(user), other)
      report?(user, liked, other, isSkipped)
      if isSkipped {
        epoch.skipped += 1
      } else if step(user: Int(user), liked: Int(liked), other: Int(other)) {
        epoch.correct += 1
      }
    }
    self.sampler = sampler
    if let row = users.firstBadRow { throw .diverged(side: "user", row: row) }
    if let row = items.firstBadRow { throw .diverged(side: "item", row: row) }
    return epoch
  }

  /// Binary search among the user's items, which ascend.
  private func hasEngaged(_ user: Int, _ item: UInt32) -> Bool {
    let entries = byUser.entries(ofRow: user)
    let place = entries.partitionPoint { byUser.columns[$0] >= item }
    return place < entries.upperBound && byUser.columns[place] == item
  }

  /// One step of gradient descent on ln σ(x_user · (y_liked − y_other)); returns whether the order was right before.
  private mutating func step(user: Int, liked: Int, other: Int) -> Bool {
    let (userStride, itemStride) = (users.stride, items.stride)
    var isRight = false
    users.withMutableTable { users in
      items.withMutableTable { items in
        isRight = Scalar.descendPair(
          user: users + user * userStride, liked: items + liked * itemStride, other: items + other * itemStride,
          factors: settings.factors, rate: settings.learningRate, decay: settings.regularization)
      }
    }
    return isRight
  }
}
