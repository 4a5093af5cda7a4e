/// An error with which Redis answered a command: a code word, and a sentence.
public struct RedisServerError: Equatable, Sendable, CustomStringConvertible {
  /// What the code words mean to a client.
  public enum Kind: String, Equatable, Sendable, CaseIterable {
    case moved = "MOVED"
    case ask = "ASK"
    case clusterDown = "CLUSTERDOWN"
    case crossSlot = "CROSSSLOT"
    case tryAgain = "TRYAGAIN"
    case loading = "LOADING"
    case masterDown = "MASTERDOWN"
    case readOnly = "READONLY"
    case noReplicas = "NOREPLICAS"
    case outOfMemory = "OOM"
    case cannotSave = "MISCONF"
    case busy = "BUSY"
    case noAuthentication = "NOAUTH"
    case wrongPassword = "WRONGPASS"
    case noPermission = "NOPERM"
    case wrongType = "WRONGTYPE"
    case noScript = "NOSCRIPT"
    case noGroup = "NOGROUP"
    case busyGroup = "BUSYGROUP"
    /// Any other code word, `ERR` for instance.
    case other = ""
  }

  /// What went wrong.
  public let kind: Kind
  /// The whole line as Redis sent it, code word included, of at most ``messageLimit`` bytes.
  public let message: String

  /// How much of a message is kept, in bytes.
  public static let messageLimit = 512

  /// Reads the line of an error reply, without its leading minus.
  public init(line: some Collection<UInt8>) {
    message = String(decoding: line.prefix(Self.messageLimit), as: UTF8.self)
    let code = message.prefix(while: { $0 != " " })
    kind = code.isEmpty ? .other : Kind(rawValue: String(code)) ?? .other
  }

  /// The message, with what it means for whoever set Apus up where that is not plain.
  public var description: String {
    guard let hint else { return "Redis answered: \(message)" }
    return "Redis answered: \(message) (\(hint))"
  }

  private var hint: String? {
    switch kind {
    case .moved, .ask, .clusterDown, .crossSlot, .tryAgain: Self.clusterSentence
    case .readOnly: Self.replicaSentence
    case .noAuthentication: "the URL lacks a password: redis://:password@host"
    case .loading: "it is reading its data and will answer soon"
    default: nil
    }
  }

  static let clusterSentence =
    "this Redis is a node of a cluster, whose redirects are not followed: give one that stands alone"
  static let replicaSentence = "this Redis is a read-only replica: give its master"
  static let sentinelSentence =
    "this is a Sentinel, which holds no data: give the address of the Redis that it watches"

  /// Whether the same Redis, unchanged, will answer all that is asked of it in this way.
  var endsConnection: Bool {
    switch kind {
    case .moved, .ask, .readOnly, .noAuthentication: true
    default: false
    }
  }
}
