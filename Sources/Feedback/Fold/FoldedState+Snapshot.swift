import Artifact
import Ranking

extension FoldedState {
  /// The same contents, for another thread to write while this one goes on.
  ///
  /// The tables are shared in small parts until one of the two changes one, which then copies that part: so this takes next
  /// to no time, and what follows somewhat more for a while.
  func copy() -> FoldedState {
    let copy = FoldedState(limits: limits, users: users.copy())
    (copy.weights, copy.cursors, copy.events, copy.streamPosition) = (weights, cursors, events, streamPosition)
    copy.restore(identity)
    (copy.arms, copy.trends, copy.rankings) = (arms.copy(), trends.copy(), rankings.copy())
    copy.waiting = waiting.copy()
    (copy.keys, copy.engagementTimes, copy.contextual) = (keys, engagementTimes, contextual)
    return copy
  }

  /// A number that is the same for two states exactly if they have folded the same: XXH3-64 over the sorted contents.
  ///
  /// Left out is what says how the entries came instead of what they were: cursors, keys by order of arrival, the stream's
  /// position. Makes room first, so a state is the same before and after.
  /// - Complexity: O(n log n).
  public func digest() -> UInt64 { UInt64(contents().version, radix: 16) ?? 0 }

  /// Everything, to be written as one file by whatever thread; see ``FoldSchema``.
  /// - Complexity: O(n log n); memory as the state itself.
  public func snapshot() -> TensorSet {
    let set = contents()
    set.metadata[FoldSchema.streamPosition] = streamPosition
    set.metadata[FoldSchema.events] = "\(events)"
    let nodes = cursors.keys.sorted()
    set.add(FoldSchema.cursorNode, nodes)
    set.add(FoldSchema.cursorSequence, nodes.map { cursors[$0] ?? 0 })
    set.add(FoldSchema.ownNode, identity.spans.map(\.node))
    set.add(FoldSchema.ownFirst, identity.spans.map(\.first))
    set.add(FoldSchema.keys, keys.inOrder)
    return set
  }

  /// What is digested.
  private func contents() -> TensorSet {
    trim()
    let set = TensorSet()
    set.metadata[FoldSchema.format] = FoldSchema.formatName
    set.metadata[FoldSchema.version] = FoldSchema.versionNumber
    addTweets(to: set)
    addUsers(to: set)
    addRankings(to: set)
    set.add(FoldSchema.contextual, contextual.numbers)
    set.add(FoldSchema.weights, weights.values)
    set.add(FoldSchema.weightsTime, [weights.setAtSeconds])
    let floors = [arms.floor, trends.floor, users.all().floor, rankings.floor]
    set.add(FoldSchema.floorTime, floors.map { $0?.time ?? 0 })
    set.add(FoldSchema.floorID, floors.map { $0?.id ?? 0 })
    set.add(FoldSchema.floorIsSet, floors.map { $0 == nil ? UInt8(0) : 1 })
    return set
  }

  private func addTweets(to set: TensorSet) {
    let days = arms.days.elements.sorted { $0.key < $1.key }
    set.add(FoldSchema.armDay, days.map(\.key.time))
    set.add(FoldSchema.armTweet, days.map(\.key.id))
    set.add(
      FoldSchema.armCounts, days.flatMap { day in EventType.allCases.map { day.value[$0] } }, width: ArmCounts.width)
    set.add(FoldSchema.armExpected, days.map(\.value.expectedUnits))
    set.add(FoldSchema.armExpectedTrials, days.map(\.value.expectedTrials))
    let order = trends.elements.sorted { $0.key < $1.key }
    let sorted = order.map(\.value)
    set.add(FoldSchema.trendTweet, order.map(\.key))
    set.add(FoldSchema.trendNewest, sorted.map(\.newest))
    let places = 0..<Trend.buckets
    set.add(FoldSchema.trendFine, sorted.flatMap { trend in places.map { trend.fine[$0] } }, width: Trend.buckets)
    set.add(FoldSchema.trendCoarse, sorted.flatMap { trend in places.map { trend.coarse[$0] } }, width: Trend.buckets)
  }

  private func addUsers(to set: TensorSet) {
    let all = users.all().users
    set.add(FoldSchema.user, all.map(\.id))
    set.add(FoldSchema.engaged, lists: all.map(\.activity.engaged))
    set.add(FoldSchema.shown, lists: all.map(\.activity.impressions))
  }

  private func addRankings(to set: TensorSet) {
    let sorted = rankings.elements.sorted { ($0.value.time, $0.key) < ($1.value.time, $1.key) }
    set.add(FoldSchema.rankingID, sorted.map(\.key))
    set.add(FoldSchema.rankingUser, sorted.map(\.value.userID))
    set.add(FoldSchema.rankingTime, sorted.map(\.value.time))
    set.add("\(FoldSchema.items).offsets", TensorSet.offsets(of: sorted.map(\.value.items.count)))
    set.add("\(FoldSchema.items).tweet", sorted.flatMap { $0.value.items.map(\.tweet) })
    set.add("\(FoldSchema.items).counted", sorted.flatMap { $0.value.items.map(\.counted) })
    set.add(FoldSchema.rankingWidth, sorted.map(\.value.width))
    set.add("\(FoldSchema.items).feature", sorted.flatMap(\.value.features))
    let times = engagementTimes.elements.sorted { $0.key < $1.key }
    set.add(FoldSchema.engagementKey, times.map(\.key))
    set.add(FoldSchema.engagementTime, times.map(\.value))
    let events = waiting.sorted()
    set.add("\(FoldSchema.waiting).user", events.map(\.userID))
    set.add("\(FoldSchema.waiting).tweet", events.map(\.tweetID))
    set.add("\(FoldSchema.waiting).type", events.map(\.type))
    set.add("\(FoldSchema.waiting).time", events.map(\.timestampSeconds))
    set.add("\(FoldSchema.waiting).request", events.map(\.requestID))
  }
}

extension TensorSet {
  /// A column, or a table of so many columns.
  fileprivate func add<T: TensorElement>(_ name: String, _ values: [T], width: Int? = nil) {
    add(name, shape: width.map { [values.count / $0, $0] } ?? [values.count], values)
  }

  fileprivate func add(_ name: String, lists: [[TimedID]]) {
    add("\(name).offsets", Self.offsets(of: lists.map(\.count)))
    add("\(name).tweet", lists.flatMap { $0.map(\.id) })
    add("\(name).time", lists.flatMap { $0.map(\.time) })
  }

  /// Where lists of these lengths begin, one after the other, and where the last ends.
  fileprivate static func offsets(of counts: [Int]) -> [UInt64] {
    counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + UInt64($1)) }
  }
}
