import CIntrinsics

/// Stochastic gradient descent for matrix factorisation, in floats: score ≈ mean + bᵤ + bₜ + pᵤ·qₜ.
///
/// One visit does, with e = score − prediction and each kind of parameter's own rate and penalty λ:
///
///     b ← b + rate (e − λ b)            for both biases
///     p ← p + rate (e q − λ p),  q ← q + rate (e p − λ q), with the old p in the second
///
/// Those are Surprise's updates (`SVD.sgd`). Rows are kept as a scale s and a vector v with p = s v, so that the
/// penalty's part, s ← (1 − rate λ) s, costs one product in double, and is as exact, instead of one per factor; what is
/// left for the vectors is one multiplication and one addition per factor. Sums over the factors are taken in eight
/// lanes, block by block, then halved: the same visits give the same bits everywhere.
package struct FactorDescent: Sendable {
  private typealias Block = FactorTable.Block

  private let mean: Float
  private let userBiasRate, tweetBiasRate, userBiasPenalty, tweetBiasPenalty: Float
  private let userRate, tweetRate: Double
  /// What a visit leaves of a row's scale: 1 − rate λ.
  private let userKeep, tweetKeep: Double

  /// Descent around `mean`. For factors the product of rate and penalty must be below 1: a visit would otherwise throw
  /// them beyond zero.
  package init(mean: Double, rates: FactorTerms, penalties: FactorTerms) {
    self.mean = Float(mean)
    userBiasRate = Float(rates.userBias)
    tweetBiasRate = Float(rates.tweetBias)
    userBiasPenalty = Float(penalties.userBias)
    tweetBiasPenalty = Float(penalties.tweetBias)
    userRate = rates.userFactors
    tweetRate = rates.tweetFactors
    userKeep = 1 - rates.userFactors * penalties.userFactors
    tweetKeep = 1 - rates.tweetFactors * penalties.tweetFactors
    precondition(userKeep > 0 && tweetKeep > 0, "rates \(rates) times penalties \(penalties) reach 1")
  }

  /// Makes the visits one after the other. Returns the sum of the squared errors met on the way, each taken before its
  /// update.
  ///
  /// Where the next visit is the same user's, the product with that tweet's factors is taken while the user's own are
  /// updated, which saves a pass over them. Every row's scale is 1 before and after.
  /// - Complexity: O(visits · factors).
  package func visit(_ visits: UnsafeBufferPointer<FactorVisit>, users: FactorTable, tweets: FactorTable) -> Double {
    guard let first = visits.first else { return 0 }
    precondition(users.width == tweets.width, "\(users.factors) and \(tweets.factors) factors")
    let width = users.width
    var squares = 0.0
    var (p, q) = (users.row(first.user), tweets.row(first.tweet))
    var (user, tweet) = (users.header(first.user), tweets.header(first.tweet))
    var product = Self.dot(p, q, width)
    for index in 0..<visits.count {
      let visit = visits[index]
      if index &+ 2 < visits.count { Self.prefetch(tweets.row(visits[index &+ 2].tweet), width) }
      let (userScale, tweetScale) = (user.pointee.scale, tweet.pointee.scale)
      let biases = mean + user.pointee.bias + tweet.pointee.bias
      let error = visit.score - (biases + Float(userScale * tweetScale) * product)
      squares += Double(error) * Double(error)
      user.pointee.bias += userBiasRate * (error - userBiasPenalty * user.pointee.bias)
      tweet.pointee.bias += tweetBiasRate * (error - tweetBiasPenalty * tweet.pointee.bias)
      user.pointee.scale = userScale * userKeep
      tweet.pointee.scale = tweetScale * tweetKeep
      let userStep = error * Float(userRate * tweetScale / (userScale * userKeep))
      let tweetStep = error * Float(tweetRate * userScale / (tweetScale * tweetKeep))
      let next = visits[min(index &+ 1, visits.count &- 1)]
      let nextRow = tweets.row(next.tweet)
      product = Self.descend(p, q, width, userStep, tweetStep, next: nextRow)
      // Neither another user's row nor one that was settled is what the product was taken with.
      var isStale = next.user != visit.user
      if user.pointee.scale < FactorTable.leastScale {
        users.settle(visit.user)
        isStale = true
      }
      if tweet.pointee.scale < FactorTable.leastScale {
        tweets.settle(visit.tweet)
        isStale = isStale || next.tweet == visit.tweet
      }
      if isStale {
        (p, user) = (users.row(next.user), users.header(next.user))
        product = Self.dot(p, nextRow, width)
      }
      (q, tweet) = (nextRow, tweets.header(next.tweet))
    }
    for visit in visits {
      if users.header(visit.user).pointee.scale != 1 { users.settle(visit.user) }
      if tweets.header(visit.tweet).pointee.scale != 1 { tweets.settle(visit.tweet) }
    }
    withExtendedLifetime((users, tweets)) {}
    return squares
  }

  /// v · w of two rows' vectors.
  @inline(__always)
  private static func dot(_ p: UnsafePointer<Block>, _ q: UnsafePointer<Block>, _ width: Int) -> Float {
    var sum = Block.zero
    for index in 0..<width { sum += p[index] * q[index] }
    return Dense.laneSum(sum)
  }

  /// Updates both rows' vectors; returns the new p · `next`, which may be q or another row.
  @inline(__always)
  private static func descend(
    _ p: UnsafeMutablePointer<Block>, _ q: UnsafeMutablePointer<Block>, _ width: Int,
    _ userStep: Float, _ tweetStep: Float, next: UnsafePointer<Block>
  ) -> Float {
    let (userStep, tweetStep) = (Block(repeating: userStep), Block(repeating: tweetStep))
    var sum = Block.zero
    for index in 0..<width {
      let (user, tweet) = (p[index], q[index])
      let updated = user + userStep * tweet
      p[index] = updated
      q[index] = tweet + tweetStep * user
      sum += updated * next[index]
    }
    return Dense.laneSum(sum)
  }

  /// Asks for a row's cache lines ahead of its visit.
  @inline(__always)
  private static func prefetch(_ row: UnsafePointer<Block>, _ width: Int) {
    var block = 0
    while block <= width {
      apus_prefetch(row + block)
      block &+= 2
    }
  }
}
