import Foundation
import ServerSupport

/// The ports of the servers that may be asked; tests change them while clients run.
final class Fleet: @unchecked Sendable {
  private let lock = NSLock()
  private var ports: [UInt16]
  private var isOver = false

  init(_ ports: [UInt16]) { self.ports = ports }

  func port(_ index: Int) -> UInt16 { lock.withLock { ports[index % ports.count] } }
  func set(_ index: Int, _ port: UInt16) { lock.withLock { ports[index] = port } }
  var isStopping: Bool { lock.withLock { isOver } }
  func stop() { lock.withLock { isOver = true } }
}

/// A client with several calls in flight, rankings and feedback, that goes to the next server when the one it asks says
/// goodbye: calls that were not taken up are sent there. A call that was taken up and not answered is a failure.
struct ReroutingClient {
  private static let window = 16

  private let fleet: Fleet
  private let number: Int
  private var waiting: [UInt64: CallMessage] = [:]
  private var queue: [CallMessage] = []
  private var next: UInt64 = 1
  private var batches: Set<Int> = []
  private var answered = 0

  /// Calls until the fleet is stopped; `number` is different for each client.
  ///
  /// - Returns: how many calls were answered, and which batches of events acknowledged: b is ``EventJournal/call(_:)``.
  static func run(_ fleet: Fleet, number: Int) throws -> (answered: Int, batches: Set<Int>) {
    var client = ReroutingClient(fleet: fleet, number: number)
    try client.run()
    return (client.answered, client.batches)
  }

  private init(fleet: Fleet, number: Int) {
    self.fleet = fleet
    self.number = number
  }

  private mutating func run() throws {
    var server = number
    while !fleet.isStopping || !queue.isEmpty {
      // A server that is just going down may refuse the connection, or end it before it says anything.
      if let client = try? RawClient(port: fleet.port(server)) { try use(client) }
      server += 1
    }
  }

  /// Calls until the connection is over, or nothing is left to do.
  private mutating func use(_ client: RawClient) throws {
    var (hasHeard, last) = (false, UInt64?.none)
    while true {
      while last == nil, waiting.count < Self.window, let call = nextCall() {
        waiting[call.id] = call
        guard (try? client.send(call)) != nil else { break }
      }
      if waiting.isEmpty { return }
      let frame = try client.readFrame()
      guard case .success(let payload) = frame else {
        guard !hasHeard || last != nil, waiting.keys.allSatisfy({ $0 > last ?? 0 }) else {
          throw TestFailure("taken up and not answered: \(waiting.keys.sorted()), last \(last ?? 0)")
        }
        break
      }
      hasHeard = true
      let reply = try ReplyMessage(payload)
      if let goodbye = reply.goAwayLastCallID {
        guard reply.reason == .draining else { throw TestFailure("\(reply)") }
        last = goodbye
      } else {
        try take(reply)
      }
      if let last, waiting.keys.allSatisfy({ $0 > last }) { break }
    }
    queue += waiting.keys.sorted().compactMap { waiting[$0] }
    waiting = [:]
  }

  private mutating func take(_ reply: ReplyMessage) throws {
    guard let call = waiting.removeValue(forKey: reply.id) else { throw TestFailure("\(reply) was not asked for") }
    switch (reply.code, call.method) {
    case (.ok, .record): batches.insert(batch(of: call.id))
    case (.ok, _): break
    case _ where reply.isTooBusy: return queue.append(call)
    default: throw TestFailure("\(reply)")
    }
    answered += 1
  }

  private func batch(of call: UInt64) -> Int { number * 1_000_000 + Int(call) }

  private mutating func nextCall() -> CallMessage? {
    if !queue.isEmpty { return queue.removeFirst() }
    guard !fleet.isStopping, let sample = try? SampleModel.shared() else { return nil }
    defer { next += 1 }
    if next % 4 != 0 {
      return .rank(next, user: sample.users[Int(next) % sample.users.count], sample.candidates(50))
    }
    var call = EventJournal.call(batch(of: next))
    call.id = next
    return call
  }
}
