import Artifact

/// A list of tweets for one user that was ranked beforehand, as it is kept in a store.
///
/// Little-endian, no padding:
///
///     0   u32      magic "APRL"
///     4   u16      version of this layout: 1
///     6   u16      0
///     8   u64      hash of the model's version
///     16  i64      Unix seconds at which it was made
///     24  u32      count n, at most ``largestCount``
///     28  u32      0
///     32  u64[n]   tweet ids, best first
///         f32[n]   scores, finite
///         u64      XXH3-64 of all bytes before
///
/// The checksum guards against damage, not against forgery. Bytes from a store are never trusted: ``init(_:)`` refuses
/// what is not exactly this.
public struct StoredRecommendations: Equatable, Sendable {
  /// The longest list.
  public static let largestCount = 5_000

  private static let magic: UInt32 = 0x4C52_5041
  private static let layout: UInt16 = 1
  private static let headerBytes = 32
  private static let checksumBytes = 8
  private static let bytesPerTweet = 12

  /// ``modelHash(version:)`` of the model that ranked.
  public var modelHash: UInt64
  /// Unix seconds.
  public var madeAtSeconds: Int64
  /// Best first.
  public var tweetIDs: [UInt64]
  /// As many finite scores.
  public var scores: [Float]

  /// A list; as many scores as tweets, at most ``largestCount``.
  public init(modelHash: UInt64, madeAtSeconds: Int64, tweetIDs: [UInt64], scores: [Float]) {
    precondition(
      tweetIDs.count == scores.count && tweetIDs.count <= Self.largestCount,
      "\(tweetIDs.count) tweets with \(scores.count) scores")
    self.modelHash = modelHash
    self.madeAtSeconds = madeAtSeconds
    self.tweetIDs = tweetIDs
    self.scores = scores
  }

  /// Reads a list; nil for any bytes that ``bytes`` would not have made.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.headerBytes + Self.checksumBytes,
      bytes.loadLittle(0, as: UInt32.self) == Self.magic, bytes.loadLittle(4, as: UInt16.self) == Self.layout,
      bytes.loadLittle(6, as: UInt16.self) == 0, bytes.loadLittle(28, as: UInt32.self) == 0
    else { return nil }
    let count = Int(bytes.loadLittle(24, as: UInt32.self))
    let scoresStart = Self.headerBytes + 8 * count
    let end = Self.headerBytes + Self.bytesPerTweet * count
    guard count <= Self.largestCount, bytes.count == end + Self.checksumBytes,
      bytes.loadLittle(end, as: UInt64.self) == Self.checksum(.init(rebasing: bytes[..<end]))
    else { return nil }
    modelHash = bytes.loadLittle(8, as: UInt64.self)
    madeAtSeconds = Int64(bitPattern: bytes.loadLittle(16, as: UInt64.self))
    tweetIDs = (0..<count).map { bytes.loadLittle(Self.headerBytes + 8 * $0, as: UInt64.self) }
    scores = (0..<count).map { Float(bitPattern: bytes.loadLittle(scoresStart + 4 * $0, as: UInt32.self)) }
    guard scores.allSatisfy(\.isFinite) else { return nil }
  }

  /// The list in the layout above.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.headerBytes + Self.bytesPerTweet * tweetIDs.count + Self.checksumBytes)
    bytes.appendLittle(Self.magic)
    bytes.appendLittle(Self.layout)
    bytes.appendLittle(UInt16(0))
    bytes.appendLittle(modelHash)
    bytes.appendLittle(UInt64(bitPattern: madeAtSeconds))
    bytes.appendLittle(UInt32(truncatingIfNeeded: tweetIDs.count))
    bytes.appendLittle(UInt32(0))
    for id in tweetIDs { bytes.appendLittle(id) }
    for score in scores { bytes.appendLittle(score.bitPattern) }
    bytes.appendLittle(bytes.withUnsafeBytes(Self.checksum))
    return bytes
  }

  /// What stands for a model in lists and keys: XXH3-64 of its version's UTF-8 bytes.
  public static func modelHash(version: String) -> UInt64 {
    let hash = Fingerprint()
    Array(version.utf8).withUnsafeBytes(hash.update)
    return hash.value
  }

  /// The key of a user's list in a store, behind the store's own prefix: `rec:` and two numbers of 16 hexadecimal digits,
  /// the model's hash and the user's id, with a colon between. Lists of another model have other keys, so that two
  /// versions live side by side.
  public static func key(modelHash: UInt64, userID: UInt64) -> String {
    "rec:\(modelHash.hexadecimal):\(userID.hexadecimal)"
  }

  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let hash = Fingerprint()
    hash.update(bytes)
    return hash.value
  }
}

extension UnsafeRawBufferPointer {
  /// The number at an offset that lies, with all its bytes, inside.
  fileprivate func loadLittle<Number: FixedWidthInteger>(_ offset: Int, as type: Number.Type) -> Number {
    Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
  }
}

extension [UInt8] {
  fileprivate mutating func appendLittle(_ number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
