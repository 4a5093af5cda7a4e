/// A queue from any thread to one loop.
///
/// Messages of one thread arrive in the order in which it posted them. The queue has no bound of its own: who posts
/// must have one.
public final class Mailbox<Message: Sendable>: @unchecked Sendable {
  private struct Box {
    var messages: [Message] = []
    var isOpen = true
  }

  private let box = Guarded(Box())
  // Both belong to the loop's thread; the wakeup is set once, before the mailbox is anybody's.
  private var batch: [Message] = []
  private var wakeup: Wakeup?

  /// Lives until ``close()``. Calls `handler` on the loop's thread with all messages since the last call, oldest first;
  /// never with none.
  public init(loop: Loop, handler: @escaping ([Message]) -> Void) throws(LoopError) {
    wakeup = try Wakeup(loop: loop) { self.deliver(to: handler) }
  }

  /// Queues a message, from any thread. Returns false, and drops the message, after ``close()``.
  /// - Complexity: amortised O(1); wakes the loop only if nothing was waiting.
  @discardableResult
  public func post(_ message: Message) -> Bool {
    let (isOpen, wasEmpty) = box.withLock { box in
      guard box.isOpen else { return (false, false) }
      box.messages.append(message)
      return (true, box.messages.count == 1)
    }
    if wasEmpty { wakeup?.signal() }
    return isOpen
  }

  /// Drops what waits and refuses what comes. Loop's thread only. Idempotent.
  public func close() {
    box.withLock { box in
      box.isOpen = false
      box.messages = []
    }
    wakeup?.close()
  }

  private func deliver(to handler: ([Message]) -> Void) {
    box.withLock { swap(&$0.messages, &batch) }
    if !batch.isEmpty { handler(batch) }
    // The two arrays take turns, so that a busy mailbox allocates nothing.
    batch.removeAll(keepingCapacity: batch.capacity <= 4096)
  }
}
