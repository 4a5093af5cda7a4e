import CXXHash
import Ranking

extension FeedbackEvent {
  /// What makes two reports of one thing the same: request, tweet and type, and who it was, so that nobody's report can stand
  /// in the way of another's; hashed (XXH3-64). nil without a request: such events are taken at their word, each.
  public var key: UInt64? {
    requestID == 0 ? nil : Self.key(requestID: requestID, userID: userID, tweetID: tweetID, type: type)
  }

  static func key(requestID: UInt64, userID: UInt64, tweetID: UInt64, type: UInt32) -> UInt64 {
    let words = (requestID.littleEndian, userID.littleEndian, tweetID.littleEndian, UInt64(type).littleEndian)
    return withUnsafeBytes(of: words) { XXH3_64bits($0.baseAddress, $0.count) }
  }
}
