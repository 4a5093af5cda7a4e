import EventLoop
import Glibc
import Wire

/// Who may connect: bounds for all and for each client, users at Unix sockets, tokens. The acceptor asks it about
/// connections, the workers about tokens.
final class Doorkeeper: Sendable {
  private let ledger: ConnectionLedger
  /// What clients at TCP must show one of; nil: nothing.
  let tokens: TokenFile?
  /// Users that may connect to a Unix socket.
  private let users: Set<UInt32>
  /// What a connection that is turned away is told, as a frame.
  private let words: [ConnectionLedger.Verdict: [UInt8]]
  private let strangerWords: [UInt8]

  /// For a server: its own user may use its Unix sockets, and those that are allowed.
  convenience init(_ options: ServerOptions) throws(ServerError) {
    var tokens: TokenFile?
    if let path = options.tokenPath {
      do throws(TokenError) { tokens = try TokenFile(path: path, limits: options.limits) } catch {
        throw .tokens(error)
      }
    }
    self.init(limits: options.limits, tokens: tokens, users: Set(options.allowedUsers + [geteuid()]))
  }

  init(limits: Limits, tokens: TokenFile? = nil, users: Set<UInt32> = []) {
    ledger = ConnectionLedger(limits: limits)
    self.tokens = tokens
    self.users = users
    words = Dictionary(
      uniqueKeysWithValues: ConnectionLedger.Verdict.allCases.map {
        ($0, Self.goodbye(Self.status(of: $0, limits), limits))
      })
    let stranger = ReplyStatus(.permissionDenied, message: "this user may not connect to this socket")
    strangerWords = Self.goodbye(stranger, limits)
  }

  var counters: ConnectionLedger.Counters { ledger.counters }

  // MARK: The acceptor's side

  /// Takes up a connection, or tells it why not and closes it.
  func admits(_ descriptor: Int32, of peer: PeerAddress) -> Bool {
    if let user = peer.userID, !users.contains(user) {
      ledger.countRefused()
      Connection.turnAway(descriptor, saying: strangerWords)
      return false
    }
    let verdict = ledger.admit(peer, nowMillis: Self.nowMillis)
    if verdict == .admitted { return true }
    Connection.turnAway(descriptor, saying: words[verdict] ?? [])
    return false
  }

  /// Turns away a connection for which there is no descriptor.
  func turnAway(_ descriptor: Int32) {
    ledger.countRefused()
    Connection.turnAway(descriptor, saying: words[.full] ?? [])
  }

  // MARK: The workers' side

  /// Whether a connection must show a token before anything else. The kernel vouches for users at a Unix socket.
  func asksForToken(_ peer: PeerAddress) -> Bool { tokens != nil && peer.userID == nil }

  /// Whether the token is right; a wrong or missing one is counted.
  func accepts(_ token: UnsafeRawBufferPointer?, of peer: PeerAddress) -> Bool {
    if let token, tokens?.accepts(token) == true { return true }
    ledger.countTokenFailure(peer, nowMillis: Self.nowMillis)
    return false
  }

  /// A connection that was taken up has ended.
  func left(_ peer: PeerAddress, cancelledCalls: Int) {
    ledger.left(peer, cancelledCalls: cancelledCalls, nowMillis: Self.nowMillis)
  }

  // MARK: Words

  private static var nowMillis: UInt64 { Loop.monotonicNanos() / 1_000_000 }

  private static func status(of verdict: ConnectionLedger.Verdict, _ limits: Limits) -> ReplyStatus {
    switch verdict {
    case .admitted, .full:
      ReplyStatus(
        .resourceExhausted, reason: .connectionLimit, message: "the server has no room for another connection",
        retryAfterMillis: 1_000)
    case .tooManyOfClient:
      ReplyStatus(
        .resourceExhausted, reason: .connectionLimit,
        message: "\(limits.connectionsPerAddress) connections of this client are open", retryAfterMillis: 1_000)
    case .tooManyCancels:
      ReplyStatus(
        .resourceExhausted, reason: .tooManyCancels,
        message:
          "\(limits.cancelsPer10Seconds) connections of this client ended with calls in flight within ten seconds",
        retryAfterMillis: UInt32(ConnectionLedger.cancelWindowMillis))
    case .tooManyTokenFailures:
      ReplyStatus(
        .unauthenticated, reason: .token,
        message: "\(limits.tokenFailuresPerMinute) connections of this client showed no right token within a minute",
        retryAfterMillis: UInt32(ConnectionLedger.tokenWindowMillis))
    }
  }

  private static func goodbye(_ status: ReplyStatus, _ limits: Limits) -> [UInt8] {
    var encoder = ReplyEncoder(limits: limits)
    var bytes = ByteBuffer()
    // A notice is far below any limit; without words a connection is closed all the same.
    try? encoder.encode(ReplyHeader(id: 0, status: status), .goAway(lastCallID: 0), appendingTo: &bytes)
    return bytes.withBytes { Array($0) }
  }
}
