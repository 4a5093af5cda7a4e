extension MomentSignals {
  /// Hashtags: everybody's and the user's.
  static func tags(_ call: Call) {
    let (columns, scratch, history, tastes) = (call.columns, call.scratch, call.world.history, call.world.tastes)
    let made = call.person?.made ?? 0
    let pairs = call.user == ModelSchema.noRow ? [] : history.tagPairs[Int(call.user)]
    // A row of the table where it stands: a copy would be an allocation.
    let factors =
      call.user == ModelSchema.noRow
      ? [] : tastes.tagReaderFactors.row(Int(call.user), width: tastes.factors)
    for i in call.candidates.indices {
      var (affinity, share, day, fit): (Float, Float, Float, Float) = (0, 0, 0, 0)
      var rate = -Float.infinity
      let tags = call.candidates[i].tags.prefix(tagsRead)
      for tag in tags {
        let all = history.tags[Int(tag)]
        day = max(
          day, DecayedCount.left(of: all.day, after: call.time &- all.last, halfLife: HalfLife.day))
        rate = max(rate, (all.count + 1) / (all.written + 10))
        fit += dot(factors, tastes.tagFactors, row: Int(tag))
        let place = scratch.tags.find(tag)
        guard place >= 0, scratch.tagPairs[place] >= 0 else { continue }
        let pair = pairs[Int(scratch.tagPairs[place])]
        affinity = max(
          affinity,
          DecayedCount.left(
            of: pair.fortnight, after: call.time &- pair.last, halfLife: HalfLife.fortnight))
        share = max(share, pair.count / (made + 10))
      }
      columns[.hashtagAffinity][i] = affinity
      columns[.hashtagShare][i] = share
      columns[.hashtagDay][i] = day
      columns[.hashtagRate][i] = tags.isEmpty ? .nan : Logarithm.natural(rate)
      columns[.hashtagFactors][i] = tags.isEmpty ? .nan : fit / Float(tags.count)
    }
  }

  /// Cosines with what the user reads and writes, and with what everybody reads.
  static func texts(_ call: Call) {
    let (columns, scratch, history) = (call.columns, call.scratch, call.world.history)
    let norms = spreadProfiles(call)
    let mass = history.topicMass
    let (quick, slow) = (mass.quick > 0 ? 1 / mass.quick : 0, mass.slow > 0 ? 1 / mass.slow : 0)
    let profiles = scratch.profiles
    history.topics.withUnsafeBufferPointer { topics in
      for i in call.candidates.indices {
        let (terms, weights) = (call.candidates[i].terms, call.candidates[i].weights)
        var (interests, now, own, topicsNow, topicsLong): (Float, Float, Float, Float, Float) = (0, 0, 0, 0, 0)
        for k in terms.indices {
          let (term, weight) = (Int(terms[k]), weights[k])
          interests += weight * profiles[4 * term]
          now += weight * profiles[4 * term + 1]
          own += weight * profiles[4 * term + 2]
          topicsNow += weight * topics[2 * term]
          topicsLong += weight * topics[2 * term + 1]
        }
        columns[.interests][i] = interests * norms.interests
        columns[.interestsNow][i] = now * norms.now
        columns[.ownWriting][i] = own * norms.own
        columns[.topicsNow][i] = topicsNow * quick
        columns[.topics][i] = topicsLong * slow
      }
    }
    for term in scratch.touched {
      for lane in 0..<3 { profiles[4 * Int(term) + lane] = 0 }
    }
    scratch.touched.removeAll(keepingCapacity: true)
  }

  /// Adds up the user's recent tweets; returns one over the norms of the three sums, 0 for what is empty.
  private static func spreadProfiles(_ call: Call) -> (interests: Float, now: Float, own: Float) {
    let scratch = call.scratch
    if call.user != ModelSchema.noRow {
      let history = call.world.history
      let (recent, own) = (history.recent[Int(call.user)], history.own[Int(call.user)])
      for index in 0..<recent.count { addRead(recent.tweets[index], at: recent.times[index], call) }
      for tweet in own.tweets { add(tweet, call, 0, 0, 1) }
    }
    if let live = call.live {
      for index in 0..<live.engagedCount where live.engagedRows[index] != ModelSchema.noRow {
        addRead(live.engagedRows[index], at: live.engagedTimes[index], call)
      }
    }
    var squares: (Float, Float, Float) = (0, 0, 0)
    for term in scratch.touched {
      let place = 4 * Int(term)
      // Terms may be listed twice; the first time takes them all.
      if scratch.profiles[place + 3] == 0 { continue }
      scratch.profiles[place + 3] = 0
      squares.0 += scratch.profiles[place] * scratch.profiles[place]
      squares.1 += scratch.profiles[place + 1] * scratch.profiles[place + 1]
      squares.2 += scratch.profiles[place + 2] * scratch.profiles[place + 2]
    }
    func inverse(_ square: Float) -> Float { square > 0 ? 1 / square.squareRoot() : 0 }
    return (inverse(squares.0), inverse(squares.1), inverse(squares.2))
  }

  /// A tweet that the user engaged with, at a time or, with 0, at an unknown one.
  private static func addRead(_ tweet: UInt32, at time: Int64, _ call: Call) {
    let passed = call.time &- time
    add(
      tweet, call, time != 0 ? DecayedCount.factor(seconds: passed, halfLife: HalfLife.twoMonths) : 1,
      time != 0 ? DecayedCount.factor(seconds: passed, halfLife: HalfLife.twoDays) : 0, 0)
  }

  private static func add(_ tweet: UInt32, _ call: Call, _ interests: Float, _ now: Float, _ own: Float) {
    let (facts, profiles) = (call.world.facts, call.scratch.profiles)
    let terms = facts.terms[tweet]
    let start = Int(truncatingIfNeeded: facts.terms.offsets[Int(tweet)])
    for k in terms.indices {
      let (place, weight) = (4 * Int(terms[k]), facts.weights[start + k])
      if profiles[place + 3] == 0 {
        profiles[place + 3] = 1
        call.scratch.touched.append(terms[k])
      }
      profiles[place] += weight * interests
      profiles[place + 1] += weight * now
      profiles[place + 2] += weight * own
    }
  }

  /// Who engaged with the tweet, and how near they are to the user.
  static func engagers(_ call: Call) {
    let (columns, scratch, history, tastes) = (call.columns, call.scratch, call.world.history, call.world.tastes)
    let width = tastes.factors
    if call.user != ModelSchema.noRow { gatherNear(call) }
    foldEngager(call)
    for i in call.candidates.indices {
      var (readers, companions, count, factors): (Float, Float, Float, Float) = (0, 0, 0, 0)
      if call.candidates[i].tweet != ModelSchema.noRow, call.user != ModelSchema.noRow {
        for engager in history.engagers[Int(call.candidates[i].tweet)] where engager != call.user {
          count += 1
          if width > 0 { factors += dot(scratch.engagerFactors, tastes.engagerFactors, row: Int(engager)) }
          let place = scratch.near.find(engager)
          guard place >= 0 else { continue }
          readers += scratch.nearness[place].readers
          companions += scratch.nearness[place].companions
        }
      }
      columns[.likeReaders][i] = readers
      columns[.companions][i] = 10 * companions
      columns[.companionsMean][i] = companions / (count + 1)
      columns[.tweetFactors][i] = factors
    }
    scratch.near.clear()
  }

  private static func gatherNear(_ call: Call) {
    let (scratch, tastes) = (call.scratch, call.world.tastes)
    for entry in tastes.readers.entries(ofRow: Int(call.user)).prefix(nearRead) {
      let place = scratch.near.insert(tastes.readers.columns[entry])
      scratch.nearness[place] = (tastes.readers.values[entry], 0)
    }
    for entry in tastes.companions.entries(ofRow: Int(call.user)).prefix(nearRead) {
      let count = scratch.near.count
      let place = scratch.near.insert(tastes.companions.columns[entry])
      if place == count { scratch.nearness[place] = (0, 0) }
      scratch.nearness[place].companions = tastes.companions.values[entry]
    }
  }

  /// The user's factors times the matrix that folds tweets in, so that one product a candidate's engager is left.
  private static func foldEngager(_ call: Call) {
    let (scratch, tastes) = (call.scratch, call.world.tastes)
    let width = tastes.factors
    scratch.engagerFactors.removeAll(keepingCapacity: true)
    guard call.user != ModelSchema.noRow, width > 0 else { return }
    let own = tastes.engagerFactors[Int(call.user) * width..<(Int(call.user) + 1) * width]
    multiply(tastes.engagerFold, by: own, into: &scratch.engagerFactors)
    for k in scratch.engagerFactors.indices { scratch.engagerFactors[k] *= 1 + tastes.alpha }
  }
}

extension Array where Element == Float {
  /// One row of a table; empty where the table has none.
  fileprivate func row(_ row: Int, width: Int) -> ArraySlice<Float> {
    (row + 1) * width <= count ? self[row * width..<(row + 1) * width] : []
  }
}
