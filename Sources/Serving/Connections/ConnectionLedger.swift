import EventLoop
import Wire

/// Connections by client, and what clients have done that is held against them. The acceptor asks it and all workers
/// report to it, once a connection: a lock does.
final class ConnectionLedger: Sendable {
  /// Whether one more connection may be there, or why not.
  enum Verdict: CaseIterable { case admitted, full, tooManyOfClient, tooManyCancels, tooManyTokenFailures }

  /// Sums since the start, and what is open now.
  struct Counters {
    var open = 0
    var refused: UInt64 = 0
    var tokenFailures: UInt64 = 0
    var callsCancelled: UInt64 = 0
  }

  /// How long an offence counts, in milliseconds.
  static let tokenWindowMillis: UInt64 = 60_000
  static let cancelWindowMillis: UInt64 = 10_000

  private struct Client {
    var open = 0
    var tokenFailures: StrikeWindow
    var cancels: StrikeWindow

    func offends(_ now: UInt64) -> Bool { tokenFailures.holdsAny(nowMillis: now) || cancels.holdsAny(nowMillis: now) }
  }

  private struct Book {
    var clients: [PeerAddress: Client] = [:]
    var counters = Counters()
  }

  private let limits: Limits
  private let book = Guarded(Book())

  init(limits: Limits) { self.limits = limits }

  var counters: Counters { book.withLock { $0.counters } }

  /// Clients that have connections, or something held against them.
  var knownClients: Int { book.withLock { $0.clients.count } }

  /// Takes up a connection of the client, unless it is one too many; who takes one up calls ``left(_:cancelledCalls:now:)``.
  func admit(_ client: PeerAddress, nowMillis now: UInt64) -> Verdict {
    book.withLock { book in
      let verdict = verdict(on: book.clients[client], book.counters.open, now)
      if verdict == .admitted {
        change(&book, client) { $0.open += 1 }
        book.counters.open += 1
      } else {
        book.counters.refused += 1
      }
      return verdict
    }
  }

  /// A connection has ended; so many calls were in flight on it.
  func left(_ client: PeerAddress, cancelledCalls: Int, nowMillis now: UInt64) {
    book.withLock { book in
      book.counters.open -= 1
      book.counters.callsCancelled += UInt64(cancelledCalls)
      change(&book, client) { client in
        client.open -= 1
        if cancelledCalls > 0 { _ = client.cancels.strike(nowMillis: now) }
      }
      if let record = book.clients[client], record.open == 0, !record.offends(now) { book.clients[client] = nil }
    }
  }

  /// A token was missing or wrong.
  func countTokenFailure(_ client: PeerAddress, nowMillis now: UInt64) {
    book.withLock { book in
      book.counters.tokenFailures += 1
      change(&book, client) { _ = $0.tokenFailures.strike(nowMillis: now) }
    }
  }

  /// A connection was turned away before anybody knew whose it was.
  func countRefused() { book.withLock { $0.counters.refused += 1 } }

  private func verdict(on client: Client?, _ open: Int, _ now: UInt64) -> Verdict {
    if open >= limits.connections { return .full }
    guard let client else { return .admitted }
    if client.open >= limits.connectionsPerAddress { return .tooManyOfClient }
    if client.tokenFailures.isFull(nowMillis: now) { return .tooManyTokenFailures }
    return client.cancels.isFull(nowMillis: now) ? .tooManyCancels : .admitted
  }

  /// Changes a client's record, and makes room for it where it is new.
  private func change(_ book: inout Book, _ client: PeerAddress, _ body: (inout Client) -> Void) {
    if book.clients[client] == nil, book.clients.count >= limits.connections + limits.rememberedAddresses {
      // Whoever can offend from so many addresses is not held up by this anyway.
      book.clients = book.clients.filter { $0.value.open > 0 }
    }
    let fresh = Client(
      tokenFailures: StrikeWindow(limit: limits.tokenFailuresPerMinute, lengthMillis: Self.tokenWindowMillis),
      cancels: StrikeWindow(limit: limits.cancelsPer10Seconds, lengthMillis: Self.cancelWindowMillis))
    body(&book.clients[client, default: fresh])
  }
}
