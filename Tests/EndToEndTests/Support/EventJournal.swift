import Feedback
import ServerSupport
import Testing

/// A client that records events, and keeps account of what it was told about them.
///
/// Batch number b is of ``size`` events, whose request ids are b · size + 1 … (b + 1) · size; no other client sends those.
struct EventJournal {
  static let size = 10
  /// Calls that wait for their reply at the same time.
  private static let window = 8

  /// Batches that were acknowledged.
  private(set) var acknowledged: Set<Int> = []
  /// Batches that were sent and of which nothing was heard.
  private(set) var pending: Set<Int> = []
  private var next = 0

  /// Nothing sent yet, or what others have sent and were told of.
  init(acknowledged: Set<Int> = []) { self.acknowledged = acknowledged }

  /// The call of a batch.
  static func call(_ batch: Int) -> CallMessage {
    let requests = (0..<size).map { UInt64(batch * size + $0 + 1) }
    let count = requests.count
    return CallMessage(
      UInt64(batch + 1), budgetMillis: 20_000,
      .record(
        EventsMessage(
          users: .init(repeating: 5, count: count), tweets: requests.map { $0 % 97 },
          types: .init(repeating: 3, count: count), timestamps: .init(repeating: 1_700_000_000, count: count),
          requests: requests)))
  }

  /// Sends what is pending again, then `count` new batches, as fast as replies come; ends early with the connection.
  mutating func send(_ count: Int, to port: UInt16) {
    var queue = (pending.sorted() + (next..<next + count))[...]
    guard let client = try? RawClient(port: port) else { return }
    var inFlight = 0
    while true {
      while inFlight < Self.window, let batch = queue.popFirst() {
        next = max(next, batch + 1)
        pending.insert(batch)
        guard (try? client.send(Self.call(batch))) != nil else { return }
        inFlight += 1
      }
      if inFlight == 0 { return }
      guard let reply = try? client.readReply() else { return }
      inFlight -= 1
      guard reply.code == .ok else { continue }
      let batch = Int(reply.id) - 1
      pending.remove(batch)
      acknowledged.insert(batch)
    }
  }

  /// Lets some acknowledged batches be sent again, as a client does whose replies were lost.
  mutating func forgetAcknowledgements(_ count: Int) { pending.formUnion(acknowledged.sorted().suffix(count)) }

  /// That a log holds every acknowledged event once, and no event twice.
  func expectInLog(of folder: String, _ location: SourceLocation = #_sourceLocation) throws {
    var times: [UInt64: Int] = [:]
    let contents = try LogReader(folder: folder).read { entry, _ in
      if case .event(let event, _) = entry { times[event.requestID, default: 0] += 1 }
    }
    #expect(contents.damages.isEmpty, sourceLocation: location)
    #expect(times.values.allSatisfy { $0 == 1 }, "events are there twice", sourceLocation: location)
    let lost = acknowledged.flatMap { batch in
      (1...Self.size).map { UInt64(batch * Self.size + $0) }.filter { times[$0] == nil }
    }
    #expect(
      lost.isEmpty, "lost although acknowledged: \(lost.count) of \(acknowledged.count)", sourceLocation: location)
  }
}
