import Kernels

/// The signals as of the moment of a request: what had happened before it, seen from one user and one candidate.
///
/// No signal depends on the other candidates. Missing values (a tweet without a time, a pair that never met) are NaN:
/// the blend gives them no say. Counts enter as ln(1 + n), because the tenth engagement says less than the first.
package enum MomentSignals {
  typealias HalfLife = DecayedCount.HalfLife

  /// Hashtags looked at in one tweet.
  static let tagsRead = 4
  /// Nearest accounts looked at of either kind.
  static let nearRead = 256

  /// One call's arguments.
  struct Call {
    let user: UInt32
    let time: Int64
    let candidates: UnsafeBufferPointer<CandidateFacts>
    let world: MomentWorld
    let scratch: MomentScratch
    let columns: SignalColumns
    /// What has happened since the history ends; nil: nothing.
    let live: LiveFacts?

    /// The user's past; nil for a user without a row.
    var person: PersonHistory? { user == ModelSchema.noRow ? nil : world.history.people[Int(user)] }

    /// Unix seconds of the user's newest engagement; 0: none is known.
    var lastVisit: Int64 {
      var last = person?.madeLast ?? 0
      if let live { for index in 0..<live.engagedCount { last = max(last, live.engagedTimes[index]) } }
      return last
    }
  }

  /// Fills the moment's columns for `candidates`, which are no more than the scratch was made for.
  ///
  /// - Parameters:
  ///   - user: row of the user, ``ModelSchema/noRow`` for one that the tables lack.
  ///   - time: Unix seconds of the request.
  ///   - live: what has happened since the world's history ends, bound to the model; nil: nothing.
  ///   - skipped: what is not computed, and missing in the columns.
  /// - Complexity: O(candidates · (terms + engagers kept) + the user's pairs and hashtags + terms of the tweets kept of
  ///   the user).
  package static func compute(
    user: UInt32, time: Int64, candidates: UnsafeBufferPointer<CandidateFacts>, world: MomentWorld,
    scratch: MomentScratch, columns: SignalColumns, live: LiveFacts? = nil, skipped: SkippedSignals = .none
  ) {
    let call = Call(
      user: user, time: time, candidates: candidates, world: world, scratch: scratch, columns: columns, live: live)
    if skipped.contains(.affinityCount) {
      tweets(call)
      authorPriors(call)
    } else {
      gatherPeople(call)
      tweets(call)
      authors(call)
      mentions(call)
      tags(call)
      texts(call)
      if !skipped.contains(.likeReaders) { engagers(call) }
      embeddings(call)
      scratch.people.clear()
      scratch.tags.clear()
    }
    for signal in logarithmic where !skipped.contains(signal) {
      Columnwise.logOfOnePlus(columns[signal], count: candidates.count)
    }
    // Last: a function that fills several columns fills those left out too.
    for signal in Signal.ofMoment where skipped.contains(signal) {
      columns[signal].update(repeating: .nan, count: candidates.count)
    }
  }

  /// Signals whose columns hold counts until the end of ``compute(user:time:candidates:world:scratch:columns:)``.
  private static let logarithmic: [Signal] = [
    .age, .tweetCount, .trendingHalfHour, .trendingSixHours, .authorCount, .authorDay, .authorMonth, .affinityCount,
    .affinityHour, .affinityDay, .affinityMonth, .affinityRecency, .edges, .edgesCount, .reverseEdges, .reverseCount,
    .mentionAffinity, .mentionEdges, .mentionCount, .hashtagAffinity, .hashtagDay, .length, .likeReaders, .companions,
    .authorReaders, .authorCompanions, .authorOverlap, .replyAffinity,
  ]

  /// Authors, mentioned accounts and hashtags of the candidates, and what the user has to do with them.
  private static func gatherPeople(_ call: Call) {
    let scratch = call.scratch
    for i in call.candidates.indices {
      let candidate = call.candidates[i]
      scratch.authors[i] =
        candidate.author == ModelSchema.noRow ? -1 : Int32(scratch.people.insert(candidate.author))
      if candidate.parentAuthor != ModelSchema.noRow { _ = scratch.people.insert(candidate.parentAuthor) }
      for mention in candidate.mentions.prefix(MomentScratch.mentionsRead) { _ = scratch.people.insert(mention) }
      for tag in candidate.tags.prefix(tagsRead) { _ = scratch.tags.insert(tag) }
    }
    for place in 0..<scratch.people.count {
      scratch.pairs[place] = -1
      scratch.fits[place] = -1
    }
    for place in 0..<scratch.tags.count { scratch.tagPairs[place] = -1 }
    guard call.user != ModelSchema.noRow else { return }
    let history = call.world.history
    let (pairs, tags) = (history.pairs[Int(call.user)], history.tagPairs[Int(call.user)])
    for (index, pair) in pairs.enumerated() {
      let place = scratch.people.find(pair.other)
      if place >= 0 { scratch.pairs[place] = Int32(truncatingIfNeeded: index) }
    }
    for (index, pair) in tags.enumerated() {
      let place = scratch.tags.find(pair.tag)
      if place >= 0 { scratch.tagPairs[place] = Int32(truncatingIfNeeded: index) }
    }
    let tastes = call.world.tastes
    for entry in Int(tastes.fitOffsets[Int(call.user)])..<Int(tastes.fitOffsets[Int(call.user) + 1]) {
      let place = scratch.people.find(tastes.fitAuthors[entry])
      if place >= 0 { scratch.fits[place] = Int32(truncatingIfNeeded: entry) }
    }
  }

  /// Age, and what happened to the tweet itself.
  private static func tweets(_ call: Call) {
    let columns = call.columns
    let visit = call.lastVisit
    for i in call.candidates.indices {
      let candidate = call.candidates[i]
      let isDated = candidate.time != 0 && candidate.time <= call.time
      columns[.age][i] = isDated ? Float(call.time &- candidate.time) * (1 / 3600) : .nan
      if isDated, visit != 0 {
        let hours = Float(candidate.time &- visit) * (1 / 3600)
        columns[.sinceVisit][i] = hours < 0 ? -Logarithm.ofOnePlus(-hours) : Logarithm.ofOnePlus(hours)
      } else {
        columns[.sinceVisit][i] = .nan
      }
      columns[.length][i] = Float(candidate.terms.count)
      columns[.mentionCount][i] = Float(candidate.mentions.count)
      var counts = TweetCounts()
      if candidate.tweet != ModelSchema.noRow {
        counts.add(call.world.history.tweets[Int(candidate.tweet)], at: call.time)
      }
      if let live = call.live, live.counts[i] > 0 { counts.add(live, candidate: i, at: call.time) }
      columns[.tweetCount][i] = counts.all
      columns[.trendingHalfHour][i] = counts.quick
      columns[.trendingSixHours][i] = counts.slow
      columns[.velocity][i] =
        counts.slow == 0 ? 0 : Logarithm.natural((counts.quick + 1) / (counts.slow + 1))
    }
  }
}
