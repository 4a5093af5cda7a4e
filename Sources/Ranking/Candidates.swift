/// First verb of ranking: which candidates are there, and which rows of the model are theirs.
public enum Candidates {
  /// Fills ids, rows, sources and familiarity of `scratch`, first occurrences only, in the caller's order.
  ///
  /// Expects at most `scratch.capacity` candidates; the wire has refused longer lists. O(candidates).
  public static func gather(_ query: RankQuery, model: Model, scratch: RankScratch) {
    precondition(query.candidateCount <= scratch.capacity, "more candidates than the scratch was sized for")
    scratch.seen.begin(expecting: query.candidateCount)
    var count = scratch.seen.insert(query.tweetIDs, distinct: scratch.ids, places: scratch.sources)
    for (i, tweet) in query.newTweets.enumerated() where scratch.seen.insert(tweet.tweetID) {
      scratch.ids[count] = tweet.tweetID
      scratch.sources[count] = UInt32(truncatingIfNeeded: query.tweetIDs.count + i)
      count += 1
    }
    scratch.count = count
    scratch.duplicatesRemoved = query.candidateCount - count
    scratch.valuesReplaced = 0
    scratch.userRow = model.users.row(of: query.userID)
    model.tweets.rows(of: scratch.candidateIDs, into: scratch.rows)

    let (rows, familiarity) = (scratch.rows, scratch.familiarity)
    let columns = query.tweetIDs.count
    let readsTexts = query.effort < .withoutNewTexts
    for i in 0..<count {
      // In arithmetic, since what a service asks about is a mix that no branch predictor learns.
      let unknown = rows[i] == ModelSchema.noRow
      let hasText = Int(scratch.sources[i]) >= columns && readsTexts
      familiarity[i] =
        !unknown ? Familiarity.known.rawValue : hasText ? Familiarity.text.rawValue : Familiarity.unknown.rawValue
    }
  }
}
