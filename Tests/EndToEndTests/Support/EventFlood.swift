import ServerSupport

/// More events at a time than a server can have wait for its disk, over several connections.
struct EventFlood {
  private static let callsPerConnection = 7
  private static let eventsPerCall = 5_000

  private let clients: [RawClient]
  /// By connection: the calls that are not answered.
  private var unanswered: [[UInt64]]
  /// Calls that were refused and not sent again.
  private var refused: [[UInt64]]
  /// Calls that the server says are safe.
  private(set) var acknowledged: Set<UInt64> = []

  /// Events in all.
  let events: Int

  init(port: UInt16, connections: Int) throws {
    clients = try (0..<connections).map { _ in try RawClient(port: port) }
    unanswered = clients.map { _ in [] }
    refused = (0..<connections).map { connection in
      (0..<Self.callsPerConnection).map { UInt64(connection * Self.callsPerConnection + $0 + 1) }
    }
    events = connections * Self.callsPerConnection * Self.eventsPerCall
  }

  /// Sends all that is not safe and not under way.
  mutating func send() throws {
    for place in clients.indices {
      for call in refused[place] { try clients[place].send(Self.message(call)) }
      unanswered[place] += refused[place]
      refused[place] = []
    }
  }

  /// Reads replies until so many calls were refused for want of room, and returns those; sends again what was too late for
  /// its budget.
  mutating func readUntilRefused(_ count: Int) throws -> [ReplyMessage] {
    var refusals: [ReplyMessage] = []
    let end = ContinuousClock.now + .seconds(60)
    while refusals.count < count {
      guard ContinuousClock.now < end else { throw TestFailure("\(refusals.count) calls were refused in a minute") }
      var isLate = false
      for place in clients.indices where refusals.count < count {
        guard let reply = try? clients[place].readReply(seconds: 0.2) else { continue }
        settle(reply, place)
        if reply.code == .resourceExhausted { refusals.append(reply) } else { isLate = reply.code != .ok }
      }
      if isLate { try send() }
    }
    return refusals
  }

  /// Sends again, as clients do, until all is safe.
  mutating func finish() throws {
    while acknowledged.count * Self.eventsPerCall < events {
      try send()
      for place in clients.indices {
        while !unanswered[place].isEmpty { settle(try clients[place].readReply(seconds: 60), place) }
      }
    }
  }

  private mutating func settle(_ reply: ReplyMessage, _ place: Int) {
    unanswered[place].removeAll { $0 == reply.id }
    if reply.code == .ok { acknowledged.insert(reply.id) } else { refused[place].append(reply.id) }
  }

  /// Call number `id`, of events whose request ids no other call has.
  private static func message(_ id: UInt64) -> CallMessage {
    let requests = (0..<eventsPerCall).map { id * 1_000_000 + UInt64($0) }
    return CallMessage(
      id, budgetMillis: 1_000,
      .record(
        EventsMessage(
          users: .init(repeating: 5, count: eventsPerCall), tweets: requests.map { $0 % 97 },
          types: .init(repeating: 3, count: eventsPerCall),
          timestamps: .init(repeating: 1_700_000_000, count: eventsPerCall), requests: requests)))
  }
}
