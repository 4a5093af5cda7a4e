import Artifact
import Ranking

extension FoldedState {
  /// The state that a file holds, made by ``snapshot()``. The limits may be others than before: less may have room.
  ///
  /// - Throws: ``ArtifactError`` for a file that is not whole, not a snapshot, or of another version.
  public static func read(path: String, limits: FoldLimits = FoldLimits()) throws(ArtifactError) -> FoldedState {
    try FoldedState(TensorSet.read(path: path), limits: limits)
  }

  convenience init(_ set: TensorSet, limits: FoldLimits) throws(ArtifactError) {
    guard set.metadata[FoldSchema.format] == FoldSchema.formatName else {
      throw .notAModel(reason: "it is no snapshot of feedback")
    }
    guard set.metadata[FoldSchema.version] == FoldSchema.versionNumber else {
      let version = set.metadata[FoldSchema.version] ?? "none"
      throw .notAModel(reason: "snapshot version \(version), this program knows version \(FoldSchema.versionNumber)")
    }
    self.init(limits: limits)
    events = set.metadata[FoldSchema.events].flatMap { UInt64($0) } ?? 0
    streamPosition = set.metadata[FoldSchema.streamPosition] ?? ""
    try restoreArms(set)
    try restoreTrends(set)
    try restoreUsers(set)
    try restoreRankings(set)
    try restoreWaiting(set)
    try restoreContextual(set)
    try restoreWeights(set)
    try restoreFloors(set)
    try restoreArrival(set)
  }

  private func restoreArms(_ set: TensorSet) throws(ArtifactError) {
    let tweets = try set.column(FoldSchema.armTweet, of: UInt64.self, shape: [nil])
    let days = try set.column(FoldSchema.armDay, of: UInt32.self, shape: [tweets.count])
    let counts = try set.column(FoldSchema.armCounts, of: UInt32.self, shape: [tweets.count, ArmCounts.width])
    let expected = try set.column(FoldSchema.armExpected, of: Int64.self, shape: [tweets.count])
    let expectedTrials = try set.column(FoldSchema.armExpectedTrials, of: UInt32.self, shape: [tweets.count])
    for row in tweets.indices {
      var arm = ArmCounts()
      (arm.expectedUnits, arm.expectedTrials) = (expected[row], expectedTrials[row])
      for (place, type) in EventType.allCases.enumerated() { arm[type] = counts[row * ArmCounts.width + place] }
      let key = TimedID(time: days[row], id: tweets[row])
      guard arms.days[key] == nil else {
        throw .badColumn(name: FoldSchema.armTweet, reason: "row \(row) is there twice")
      }
      arms.restore(arm, key)
    }
  }

  private func restoreTrends(_ set: TensorSet) throws(ArtifactError) {
    let tweets = try set.column(FoldSchema.trendTweet, of: UInt64.self, shape: [nil])
    let newest = try set.column(FoldSchema.trendNewest, of: UInt32.self, shape: [tweets.count])
    let fine = try set.column(FoldSchema.trendFine, of: UInt32.self, shape: [tweets.count, Trend.buckets])
    let coarse = try set.column(FoldSchema.trendCoarse, of: UInt32.self, shape: [tweets.count, Trend.buckets])
    for row in tweets.indices {
      let places = row * Trend.buckets..<(row + 1) * Trend.buckets
      guard trends[tweets[row]] == nil,
        let trend = Trend(newest: newest[row], fine: fine[places], coarse: coarse[places])
      else { throw .badColumn(name: FoldSchema.trendTweet, reason: "row \(row) is there twice") }
      trends.restore(trend, tweet: tweets[row])
    }
  }

  private func restoreUsers(_ set: TensorSet) throws(ArtifactError) {
    let ids = try set.column(FoldSchema.user, of: UInt64.self, shape: [nil])
    let engaged = try TimedLists(set, FoldSchema.engaged, count: ids.count)
    let shown = try TimedLists(set, FoldSchema.shown, count: ids.count)
    for row in ids.indices {
      guard row == 0 || ids[row - 1] < ids[row] else {
        throw .badColumn(name: FoldSchema.user, reason: "row \(row) is not above the one before")
      }
      var activity = RecentActivity()
      engaged.forEach(of: row) { activity.engaged.insertNewestOfID($0, limit: limits.engagedPerUser) }
      shown.forEach(of: row) { activity.impressions.insertNewest($0, limit: limits.impressionsPerUser) }
      users.restore(ids[row], activity)
    }
  }

  private func restoreRankings(_ set: TensorSet) throws(ArtifactError) {
    let ids = try set.column(FoldSchema.rankingID, of: UInt64.self, shape: [nil])
    let people = try set.column(FoldSchema.rankingUser, of: UInt64.self, shape: [ids.count])
    let times = try set.column(FoldSchema.rankingTime, of: UInt32.self, shape: [ids.count])
    let tweets = try set.column("\(FoldSchema.items).tweet", of: UInt64.self, shape: [nil])
    let counted = try set.column("\(FoldSchema.items).counted", of: UInt8.self, shape: [tweets.count])
    let offsets = try set.offsets("\(FoldSchema.items).offsets", rows: ids.count, end: tweets.count)
    let widths = try set.column(FoldSchema.rankingWidth, of: UInt8.self, shape: [ids.count])
    let features = try set.column("\(FoldSchema.items).feature", of: Int16.self, shape: [nil])
    var place = 0
    for row in ids.indices {
      let items = Int(offsets[row])..<Int(offsets[row + 1])
      let end = place + items.count * Int(widths[row])
      guard end <= features.count else {
        throw .badColumn(name: FoldSchema.rankingWidth, reason: "row \(row) has more features than there are")
      }
      let isNew = rankings.add(
        requestID: ids[row], userID: people[row], time: times[row], tweetIDs: tweets[items],
        features: features[place..<end])
      place = end
      guard isNew else { throw .badColumn(name: FoldSchema.rankingID, reason: "row \(row) is 0 or there twice") }
      rankings.restore(ids[row], counted: counted[items])
    }
    guard place == features.count else {
      throw .badColumn(name: FoldSchema.rankingWidth, reason: "\(features.count - place) features are no ranking's")
    }
    let keys = try set.column(FoldSchema.engagementKey, of: UInt64.self, shape: [nil])
    let keyTimes = try set.column(FoldSchema.engagementTime, of: UInt32.self, shape: [keys.count])
    for row in keys.indices { engagementTimes.set(keys[row], to: keyTimes[row]) }
  }

  private func restoreWaiting(_ set: TensorSet) throws(ArtifactError) {
    let people = try set.column("\(FoldSchema.waiting).user", of: UInt64.self, shape: [nil])
    let tweets = try set.column("\(FoldSchema.waiting).tweet", of: UInt64.self, shape: [people.count])
    let types = try set.column("\(FoldSchema.waiting).type", of: UInt32.self, shape: [people.count])
    let times = try set.column("\(FoldSchema.waiting).time", of: Int64.self, shape: [people.count])
    let requests = try set.column("\(FoldSchema.waiting).request", of: UInt64.self, shape: [people.count])
    for row in people.indices {
      waiting.add(
        FeedbackEvent(
          userID: people[row], tweetID: tweets[row], type: types[row], timestampSeconds: times[row],
          requestID: requests[row]))
    }
  }
}
