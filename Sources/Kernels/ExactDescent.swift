/// Stochastic gradient descent for matrix factorisation with the operations of Surprise's `SVD.sgd` in their order,
/// each rounded to double as there, so that the results are the same bits.
///
/// The sum over the factors is one chain, whose latency decides the speed; the updates, which do not depend on each
/// other, run beside it in lanes.
package struct ExactDescent: Sendable {
  private typealias Lanes = SIMD4<Double>

  private let rates: FactorTerms
  private let penalties: FactorTerms

  /// Descent with each kind of parameter's own rate and penalty.
  package init(rates: FactorTerms, penalties: FactorTerms) {
    self.rates = rates
    self.penalties = penalties
  }

  /// The parameters in memory: biases, and factors row by row.
  package struct State {
    let userBias: UnsafeMutablePointer<Double>
    let tweetBias: UnsafeMutablePointer<Double>
    let userFactors: UnsafeMutablePointer<Double>
    let tweetFactors: UnsafeMutablePointer<Double>

    /// Nil where there are no parameters, and so no visits.
    package init?(
      userBias: UnsafeMutableBufferPointer<Double>, tweetBias: UnsafeMutableBufferPointer<Double>,
      userFactors: UnsafeMutableBufferPointer<Double>, tweetFactors: UnsafeMutableBufferPointer<Double>
    ) {
      guard let bu = userBias.baseAddress, let bt = tweetBias.baseAddress, let p = userFactors.baseAddress,
        let q = tweetFactors.baseAddress
      else { return nil }
      (self.userBias, self.tweetBias, self.userFactors, self.tweetFactors) = (bu, bt, p, q)
    }
  }

  /// Makes the visits one after the other: user, tweet and score are columns of one length, users and tweets rows of
  /// `state`. Without a mean there are no biases. Returns the sum of the squared errors, each taken before its update.
  /// - Complexity: O(visits · count).
  package func visit(
    users: [UInt32], tweets: [UInt32], scores: [Double], mean: Double?, count: Int, state: State
  ) -> Double {
    guard let firstUser = users.first, let firstTweet = tweets.first else { return 0 }
    var squares = 0.0
    var p = state.userFactors + Int(firstUser) * count
    var q = state.tweetFactors + Int(firstTweet) * count
    var product = dot(p, q, count: count)
    for visit in 0..<scores.count {
      let (userBias, tweetBias) = (state.userBias + Int(users[visit]), state.tweetBias + Int(tweets[visit]))
      let error = scores[visit] - ((mean ?? 0) + userBias.pointee + tweetBias.pointee + product)
      squares += error * error
      if mean != nil {
        userBias.pointee += rates.userBias * (error - penalties.userBias * userBias.pointee)
        tweetBias.pointee += rates.tweetBias * (error - penalties.tweetBias * tweetBias.pointee)
      }
      // The next product comes with the update where the same user is visited again; after the last visit none is
      // needed.
      let next = min(visit + 1, scores.count - 1)
      let nextTweet = state.tweetFactors + Int(tweets[next]) * count
      product = descend(p, q, count: count, error: error, next: nextTweet)
      if users[next] != users[visit] {
        p = state.userFactors + Int(users[next]) * count
        product = dot(p, nextTweet, count: count)
      }
      q = nextTweet
    }
    return squares
  }

  /// p · q from the first factor to the last.
  private func dot(_ p: UnsafePointer<Double>, _ q: UnsafePointer<Double>, count: Int) -> Double {
    var sum = 0.0
    for index in 0..<count { sum += q[index] * p[index] }
    return sum
  }

  /// Updates both rows of `count` factors, with the old p in the update of q. Returns the new p · `next`; `next` may be
  /// q or another row.
  @inline(__always)
  private func descend(
    _ p: UnsafeMutablePointer<Double>, _ q: UnsafeMutablePointer<Double>, count: Int, error: Double,
    next: UnsafePointer<Double>
  ) -> Double {
    let (userRate, tweetRate) = (rates.userFactors, rates.tweetFactors)
    let (userPenalty, tweetPenalty) = (penalties.userFactors, penalties.tweetFactors)
    var sum = 0.0
    var index = 0
    while index &+ 4 <= count {
      let (user, tweet) = (Self.load(p, index), Self.load(q, index))
      let updated = user + userRate * (error * tweet - userPenalty * user)
      Self.store(updated, p, index)
      Self.store(tweet + tweetRate * (error * user - tweetPenalty * tweet), q, index)
      let products = Self.load(next, index) * updated
      sum += products[0]
      sum += products[1]
      sum += products[2]
      sum += products[3]
      index &+= 4
    }
    while index < count {
      let (user, tweet) = (p[index], q[index])
      p[index] = user + userRate * (error * tweet - userPenalty * user)
      q[index] = tweet + tweetRate * (error * user - tweetPenalty * tweet)
      sum += next[index] * p[index]
      index &+= 1
    }
    return sum
  }

  @inline(__always)
  private static func load(_ row: UnsafePointer<Double>, _ index: Int) -> Lanes {
    UnsafeRawPointer(row + index).loadUnaligned(as: Lanes.self)
  }

  @inline(__always)
  private static func store(_ lanes: Lanes, _ row: UnsafeMutablePointer<Double>, _ index: Int) {
    UnsafeMutableRawPointer(row + index).storeBytes(of: lanes, as: Lanes.self)
  }
}
