import ServerSupport

@testable import Ranking

/// Columns of a made-up ranking.
struct RandomRanking {
  var requestID: UInt64 = 9
  var tweetIDs: [UInt64]
  var scores: [Float]
  var propensities: [Float]
  var familiarity: [UInt32]
  var signalNames: [String]
  var contributions: [Float]
  var values: [Float]
  var texts: [[UInt8]] = []
  var userIsKnown = true

  init(count: Int, signalNames: [String]) {
    tweetIDs = (0..<count).map { UInt64.max - UInt64($0) }
    scores = (0..<count).map { -Float($0) }
    propensities = [Float](repeating: 0.5, count: count)
    familiarity = (0..<count).map { UInt32($0 % 3) }
    self.signalNames = signalNames
    contributions = [Float](repeating: 1.5, count: count * signalNames.count)
    values = [Float](repeating: -2.5, count: count * signalNames.count)
  }

  /// Up to 40 tweets and 6 signals, with or without explanation and texts.
  init(_ dice: inout Dice) {
    let count = Int.random(in: 0...40, using: &dice)
    let signals = Int.random(in: 0...6, using: &dice)
    self.init(count: count, signalNames: (0..<signals).map { "signal\($0)" })
    requestID = dice.next()
    tweetIDs = tweetIDs.map { _ in dice.next() }
    scores = scores.map { _ in Float.random(in: -9...9, using: &dice) }
    propensities = propensities.map { _ in Float.random(in: 0.001...1, using: &dice) }
    contributions = contributions.map { _ in Float.random(in: -9...9, using: &dice) }
    values = values.map { _ in Float.random(in: -9...9, using: &dice) }
    userIsKnown = Bool.random(using: &dice)
    guard Bool.random(using: &dice) else { return }
    texts = tweetIDs.map { _ in dice.bytes(Int.random(in: 0...200, using: &dice)) }
  }

  /// The columns as the ranking would hand them over.
  func withRanked<Failure: Error>(_ body: (RankedTweets) throws(Failure) -> Void) throws(Failure) {
    let blocks = texts.map { UnsafeMutableRawBufferPointer.copy($0) }
    let (ids, served) = (UnsafeMutableBufferPointer.copy(tweetIDs), UnsafeMutableBufferPointer.copy(scores))
    let (odds, known) = (UnsafeMutableBufferPointer.copy(propensities), UnsafeMutableBufferPointer.copy(familiarity))
    let (parts, raw) = (UnsafeMutableBufferPointer.copy(contributions), UnsafeMutableBufferPointer.copy(values))
    let views = UnsafeMutableBufferPointer.copy(blocks.map { UnsafeRawBufferPointer($0) })
    defer {
      for block in blocks { block.deallocate() }
      for column in [ids.base, served.base, odds.base, known.base, parts.base, raw.base, views.base] {
        column?.deallocate()
      }
    }
    try body(
      RankedTweets(
        requestID: requestID, tweetIDs: .init(ids), scores: .init(served), propensities: .init(odds),
        familiarity: .init(known), explainedSignals: signalNames.count, contributions: .init(parts),
        values: .init(raw), texts: .init(views), userIsKnown: userIsKnown, exploredPosition: 3,
        duplicatesRemoved: 4, valuesReplaced: 5))
  }
}

extension UnsafeMutableBufferPointer {
  fileprivate var base: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(baseAddress) }

  fileprivate static func copy(_ values: [Element]) -> Self {
    let copied = Self.allocate(capacity: values.count)
    _ = copied.initialize(from: values)
    return copied
  }
}

extension UnsafeMutableRawBufferPointer {
  fileprivate static func copy(_ bytes: [UInt8]) -> Self {
    let copied = Self.allocate(byteCount: bytes.count, alignment: 1)
    copied.copyBytes(from: bytes)
    return copied
  }
}
