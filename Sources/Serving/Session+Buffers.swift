import EventLoop
import Wire

/// What a connection holds in memory: a busy one keeps its buffers, so that calls allocate nothing; an idle one has none.
extension Session {
  /// Gives back the buffers of a connection on which nothing happens.
  func releaseBuffers() {
    guard outgoing.isEmpty, decoder.capacity + outgoing.capacity + inFlight.capacity > 0 else { return }
    decoder.releaseIfEmpty()
    outgoing.removeAll(keepingCapacity: false)
    inFlight = []
    account()
  }

  /// Whether empty buffers may be kept for the next call: all connections together have not too many.
  var keepsBuffers: Bool { worker.bufferBytes <= limits.keptBufferBytes }

  /// Tells the worker what this connection holds, and ends it where it asks for more although all of them together have
  /// enough.
  func account() {
    let held =
      phase == .closed ? 0 : decoder.capacity + outgoing.capacity + (connection?.queuedWriteBytes ?? 0) + deferredBytes
    let growth = held - accountedBytes
    guard growth != 0 else { return }
    accountedBytes = held
    worker.bufferBytes += growth
    guard growth > 0, worker.bufferBytes > limits.connectionBufferBytes, phase == .open else { return }
    let message = "unfinished calls and unread replies of all connections take \(worker.bufferBytes) bytes"
    sayGoodbye(
      ReplyStatus(.resourceExhausted, reason: .connectionLimit, message: message, retryAfterMillis: 1_000))
    // No more frames are taken: what has come of the next one is of no use.
    decoder = FrameDecoder(limits: limits)
    account()
  }

  private var deferredBytes: Int { deferred.reduce(0) { $0 + $1.payload.count } }
}
