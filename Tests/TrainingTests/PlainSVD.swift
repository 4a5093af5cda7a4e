import Kernels

@testable import Training

/// Matrix factorisation in plain loops over doubles, beginning from the same numbers: what the others are tested against.
struct PlainSVD {
  var mean: Double
  var userBias, tweetBias: [Double]
  var users, tweets: [[Double]]

  init(_ svd: BiasedSVD) {
    mean = svd.settings.isBiased ? svd.order.meanScore : 0
    userBias = svd.order.userRows.indices.map { Double(svd.userBias($0)) }
    tweetBias = svd.order.tweetRows.indices.map { Double(svd.tweetBias($0)) }
    users = svd.order.userRows.indices.map { svd.userFactors($0).map(Double.init) }
    tweets = svd.order.tweetRows.indices.map { svd.tweetFactors($0).map(Double.init) }
  }

  mutating func runEpoch(_ order: FactorOrder, _ settings: SVDSettings) -> Double {
    let (rates, penalties) = (settings.rates, settings.penalties)
    var squares = 0.0
    for visit in order.scores.indices {
      let (user, tweet) = (Int(order.users[visit]), Int(order.tweets[visit]))
      let error = order.scores[visit] - predict(user, tweet)
      squares += error * error
      if settings.isBiased {
        userBias[user] += rates.userBias * (error - penalties.userBias * userBias[user])
        tweetBias[tweet] += rates.tweetBias * (error - penalties.tweetBias * tweetBias[tweet])
      }
      for factor in users[user].indices {
        let (p, q) = (users[user][factor], tweets[tweet][factor])
        users[user][factor] += rates.userFactors * (error * q - penalties.userFactors * p)
        tweets[tweet][factor] += rates.tweetFactors * (error * p - penalties.tweetFactors * q)
      }
    }
    return (squares / Double(order.scores.count)).squareRoot()
  }

  func predict(_ user: Int, _ tweet: Int) -> Double {
    mean + userBias[user] + tweetBias[tweet] + zip(users[user], tweets[tweet]).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The largest difference between two states' parameters.
  func distance(to other: PlainSVD) -> Double {
    let own = userBias + tweetBias + users.joined() + tweets.joined()
    let others = other.userBias + other.tweetBias + other.users.joined() + other.tweets.joined()
    return own.count == others.count ? zip(own, others).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }
}

/// A seeded log; users and tweets with low numbers engage most.
func randomOrder(users: Int, tweets: Int, count: Int, seed: UInt64) -> FactorOrder {
  var generator = SeededGenerator(seed: seed)
  var log = EngagementLog()
  for _ in 0..<count {
    log.append(
      user: UInt32(min(generator.below(users), generator.below(users))),
      tweet: UInt32(min(generator.below(tweets), generator.below(tweets))),
      score: [0.6, 0.8, 1][generator.below(3)], time: 0)
  }
  return FactorOrder(log: log, userCount: users, tweetCount: tweets)
}
