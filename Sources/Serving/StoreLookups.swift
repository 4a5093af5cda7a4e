import EventLoop
import Ranking

/// Calls that wait for the store. Each is handed back exactly once: when the store has answered, or when its time is
/// over; an answer that comes later is ignored. Confined to its worker's thread.
final class StoreLookups {
  /// How often the waiting calls' times are looked at, while there are any.
  private static let tickMillis: UInt64 = 1

  private struct Waiting {
    let call: PendingCall
    let dueNanos: UInt64
  }

  private let store: any RecommendationStore
  private let settle: (PendingCall) -> Void
  private var timer: LoopTimer?
  private var waiting: [UInt64: Waiting] = [:]
  private var lastTicket: UInt64 = 0

  /// `settle` takes a call back, now with what was found.
  init(store: any RecommendationStore, loop: Loop, settle: @escaping (PendingCall) -> Void) {
    self.store = store
    self.settle = settle
    timer = LoopTimer(loop: loop) { [unowned self] in dismissLate() }
  }

  /// Calls that wait.
  var count: Int { waiting.count }

  /// Keeps the call until the store has answered for its user and the model with this hash, or until `dueNanos` on the monotonic clock. It may be
  /// handed back before this returns.
  func look(up userID: UInt64, modelHash: UInt64, for call: PendingCall, dueNanos: UInt64) {
    lastTicket += 1
    let ticket = lastTicket
    if waiting.isEmpty { timer?.start(afterMillis: Self.tickMillis, everyMillis: Self.tickMillis) }
    waiting[ticket] = Waiting(call: call, dueNanos: dueNanos)
    let key = StoredRecommendations.key(modelHash: modelHash, userID: userID)
    store.fetch(key: key, deadlineNanos: dueNanos) { [weak self] answer in
      guard let self, let call = take(ticket) else { return }
      settle(call.with(FetchedList(answer)))
    }
  }

  /// The loop ends: nothing is handed back any more.
  func close() {
    timer?.close()
    store.close()
    for waiting in waiting.values { waiting.call.release() }
    waiting.removeAll()
  }

  private func take(_ ticket: UInt64) -> PendingCall? {
    guard let found = waiting.removeValue(forKey: ticket) else { return nil }
    if waiting.isEmpty { timer?.stop() }
    return found.call
  }

  private func dismissLate() {
    let now = Loop.monotonicNanos()
    // In order of arrival, whatever the order of the table.
    for ticket in waiting.keys.sorted() where (waiting[ticket]?.dueNanos ?? .max) <= now {
      if let call = take(ticket) { settle(call.with(FetchedList(.timeout))) }
    }
  }
}
