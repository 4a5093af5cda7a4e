/// Commands that were sent and not yet answered, oldest first: replies come in the same order.
///
/// A command whose time is up keeps its place without its caller, so that its reply, should it come, is not taken for
/// the next one's.
struct PendingCommands {
  typealias Completion = (Result<RedisReply, RedisError>) -> Void

  private struct Command {
    let deadlineMillis: UInt64
    let stallMillis: UInt64
    var completion: Completion?
  }

  /// A ring; its capacity only grows, up to what the caller admits.
  private var ring: [Command?] = []
  private var head = 0
  private(set) var count = 0
  private let stallMillis: UInt64
  private var lastAnswerMillis: UInt64 = 0

  /// None yet. See ``RedisSettings/stallMillis``.
  init(stallMillis: UInt64) { self.stallMillis = stallMillis }

  /// Whether none waits.
  var isEmpty: Bool { count == 0 }

  /// Far beyond any patience, and far from overflow.
  static let longestMillis: UInt64 = 1 << 40

  /// Adds the newest command; `timeoutMillis` is at most ``longestMillis``.
  mutating func append(nowMillis: UInt64, timeoutMillis: UInt64, completion: @escaping Completion) {
    if count == ring.count { grow() }
    ring[(head + count) & (ring.count - 1)] = Command(
      deadlineMillis: nowMillis + timeoutMillis, stallMillis: nowMillis + max(timeoutMillis, stallMillis),
      completion: completion)
    count += 1
  }

  /// The oldest command was answered and leaves. Nil if it was already told that its time is up, or if there is none.
  mutating func removeFirst(nowMillis: UInt64) -> Completion? {
    lastAnswerMillis = nowMillis
    return removeFirst()
  }

  private mutating func removeFirst() -> Completion? {
    guard count > 0 else { return nil }
    let command = ring[head]
    ring[head] = nil
    head = (head + 1) & (ring.count - 1)
    count -= 1
    return command?.completion
  }

  /// Takes the completions of all commands whose time is up, oldest first; the commands keep their places.
  mutating func expire(nowMillis: UInt64) -> [Completion] {
    var expired: [Completion] = []
    for index in 0..<count {
      let place = (head + index) & (ring.count - 1)
      guard let command = ring[place], command.deadlineMillis <= nowMillis, let completion = command.completion else {
        continue
      }
      ring[place]?.completion = nil
      expired.append(completion)
    }
    return expired
  }

  /// When the oldest command will have waited so long, and nothing have been answered for so long, that the connection
  /// is not worth keeping; nil: nothing waits.
  var stallsAtMillis: UInt64? {
    guard count > 0, let oldest = ring[head] else { return nil }
    return max(oldest.stallMillis, lastAnswerMillis + stallMillis)
  }

  /// When ``expire(nowMillis:)`` has work next or the connection stalls; nil: never.
  /// - Complexity: O(commands).
  var nextDeadlineMillis: UInt64? {
    var next = stallsAtMillis
    for index in 0..<count {
      guard let command = ring[(head + index) & (ring.count - 1)], command.completion != nil else { continue }
      next = min(next ?? .max, command.deadlineMillis)
    }
    return next
  }

  /// Empties it; returns the completions of those not yet told, oldest first.
  mutating func removeAll() -> [Completion] {
    var all: [Completion] = []
    while count > 0 { if let completion = removeFirst() { all.append(completion) } }
    return all
  }

  private mutating func grow() {
    let larger = max(16, ring.count * 2)
    let ordered = (0..<count).map { ring[(head + $0) & (ring.count - 1)] }
    ring = ordered + [Command?](repeating: nil, count: larger - count)
    head = 0
  }
}
