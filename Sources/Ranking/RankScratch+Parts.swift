/// A large call in parts: its candidates are gathered in one scratch, scored part by part in another, and ordered in the
/// first. No signal looks at other candidates, so the scores are those of all at once, bit for bit.
extension RankScratch {
  /// Becomes a part of a call: candidates `part` of `whole`, which ``Candidates/gather(_:model:scratch:)`` and whoever
  /// filled its live columns have prepared.
  public func take(_ part: Range<Int>, of whole: RankScratch) {
    precondition(part.count <= capacity && part.upperBound <= whole.count, "\(part) of \(whole.count) candidates")
    let (start, size) = (part.lowerBound, part.count)
    count = size
    ids.update(from: whole.ids + start, count: size)
    rows.update(from: whole.rows + start, count: size)
    sources.update(from: whole.sources + start, count: size)
    familiarity.update(from: whole.familiarity + start, count: size)
    userRow = whole.userRow
    (duplicatesRemoved, valuesReplaced) = (0, 0)
    live.take(part, of: whole.live)
  }

  /// Puts the scores of this part, and all that explains them, where the part begins in `whole`.
  public func give(to whole: RankScratch, at start: Int) {
    precondition(start + count <= whole.count, "\(count) of \(whole.count) candidates from \(start)")
    (whole.scores + start).update(from: scores, count: count)
    (whole.evergreen + start).update(from: evergreen, count: count)
    for s in 0..<Signal.allCases.count {
      (whole.values(s) + start).update(from: values(s), count: count)
      (whole.contributions(s) + start).update(from: contributions(s), count: count)
    }
    for step in RankStep.allCases {
      (whole.terms(of: step) + start).update(from: terms(of: step), count: count)
      (whole.values(of: step) + start).update(from: values(of: step), count: count)
    }
    whole.valuesReplaced += valuesReplaced
  }

  /// Where a part that begins at `start` ends: after so many units, of which a candidate is one and its text, which is
  /// still to be read, one for each `bytesPerUnit`; after one candidate at least.
  public func endOfPart(from start: Int, units: Int, query: RankQuery, bytesPerUnit: Int) -> Int {
    var (end, left) = (start, units)
    while end < count, left > 0 || end == start {
      left -= 1
      if familiarity[end] == Familiarity.text.rawValue {
        left -= query.newTweets[Int(sources[end]) - query.tweetIDs.count].text.count / bytesPerUnit
      }
      end += 1
    }
    return end
  }
}

extension LiveFacts {
  fileprivate func take(_ part: Range<Int>, of whole: LiveFacts) {
    let (start, size) = (part.lowerBound, part.count)
    counts.update(from: whole.counts + start, count: size)
    quick.update(from: whole.quick + start, count: size)
    slow.update(from: whole.slow + start, count: size)
    times.update(from: whole.times + start, count: size)
    engagedTweets.update(from: whole.engagedTweets, count: Self.engagedKept)
    engagedTimes.update(from: whole.engagedTimes, count: Self.engagedKept)
    engagedCount = whole.engagedCount
    shownTweets.update(from: whole.shownTweets, count: Self.shownKept)
    shownTimes.update(from: whole.shownTimes, count: Self.shownKept)
    shownCount = whole.shownCount
  }
}
