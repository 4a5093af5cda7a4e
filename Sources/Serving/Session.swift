import EventLoop
import Wire

/// One client connection as the protocol sees it: frames in, calls in flight, replies out. Confined to its worker's
/// thread; `Session+Faults.swift` holds what happens to clients that do not keep to the protocol, and
/// `Session+Buffers.swift` what a connection holds.
///
/// There may be ten thousand of them, most of them idle: it has no copy of what its worker has too.
final class Session: ConnectionDelegate {
  /// Where a session stands; it only moves down this list.
  enum Phase: Equatable {
    /// Reads calls and answers them.
    case open
    /// Reads no more; closes when the calls in flight are answered, or at this time.
    case finishing(untilMillis: UInt64)
    /// The connection is gone.
    case closed
  }

  let id: UInt64
  let peer: PeerAddress
  unowned let worker: Worker
  /// Where the worker's list has it.
  var place = 0
  var connection: Connection?
  var decoder: FrameDecoder
  /// Replies of this turn, written together at its end.
  var outgoing = ByteBuffer()
  var phase = Phase.open
  /// Whether the worker will flush this session at the end of the turn.
  var isDirty = false
  /// Whether calls are taken, or a token first.
  var isAuthenticated: Bool
  /// Calls taken from the run queue while the client was not reading its replies.
  var deferred: [PendingCall] = []

  var inFlight: [(callID: UInt64, byteCount: Int)] = []
  /// Payloads of those calls, which wait as copies in the run queue or in `deferred`.
  private var bytesInFlight = 0
  /// Bytes that the worker knows this session to hold.
  var accountedBytes = 0
  private var peerHasEnded = false
  /// The last call taken up, for GOAWAY.
  private(set) var lastCallID: UInt64 = 0

  let openedMillis: UInt64
  var hasCompletedFrame = false
  /// When the first byte of the unfinished frame came.
  var frameBeganMillis: UInt64?
  var lastActivityMillis: UInt64
  /// When bytes last came. While calls in flight hold further frames back nothing is read, so it is also when the last
  /// byte of every frame in ``decoder`` was there, or a little later.
  private var lastReadNanos: UInt64 = 0
  var emptyFrames: StrikeWindow
  var badMessages: StrikeWindow
  var pings = PingStrikes()
  /// Whether the call that is being finished is a ping.
  var hasPinged = false

  init(id: UInt64, peer: PeerAddress, worker: Worker, nowMillis: UInt64) {
    let limits = worker.limits
    self.id = id
    self.peer = peer
    self.worker = worker
    decoder = FrameDecoder(limits: limits)
    isAuthenticated = !worker.doorkeeper.asksForToken(peer)
    if !isAuthenticated { decoder.frameBytes = limits.unauthenticatedFrameBytes }
    openedMillis = nowMillis
    lastActivityMillis = nowMillis
    emptyFrames = StrikeWindow(limit: limits.zeroFramesPerSecond, lengthMillis: 1_000)
    badMessages = StrikeWindow(limit: limits.badMessagesPer10Seconds, lengthMillis: 10_000)
  }

  // Not by a coroutine, whose frame would be an allocation.
  @inline(__always) var limits: Limits { worker.limits }

  /// Reply bytes not yet in the kernel's hands.
  var unsentBytes: Int { outgoing.count + (connection?.queuedWriteBytes ?? 0) }

  /// Whether the client reads its replies fast enough to be sent more.
  var hasWriteRoom: Bool { unsentBytes < limits.writeHighWaterBytes }

  var hasCallsInFlight: Bool { !inFlight.isEmpty }

  // MARK: In

  func connection(_ connection: Connection, didRead bytes: UnsafeRawBufferPointer) {
    guard phase == .open else { return }
    lastActivityMillis = worker.nowMillis
    lastReadNanos = worker.pauses.arrival(now: Loop.monotonicNanos())
    decoder.append(bytes)
    takeFrames()
    if !keepsBuffers { decoder.releaseIfEmpty() }
    account()
  }

  /// Half-closed: what was admitted is still answered, then the connection ends.
  func connectionDidReachEnd(_ connection: Connection) {
    peerHasEnded = true
    takeFrames()
    worker.touch(self)
  }

  /// Whether one more call may be taken up.
  private var hasRoomInFlight: Bool {
    inFlight.count < limits.callsInFlight && bytesInFlight < limits.payloadBytesInFlight
  }

  /// Takes whole frames while more calls may be in flight; otherwise the kernel's buffers hold the client back.
  func takeFrames() {
    // One reading of the clock for all that are there.
    var now: UInt64?
    while phase == .open {
      guard hasRoomInFlight, hasWriteRoom else {
        connection?.stopReading()
        frameBeganMillis = nil
        return
      }
      do throws(FramingError) {
        guard let payload = try decoder.next() else { break }
        hasCompletedFrame = true
        frameBeganMillis = nil
        let time = now ?? Loop.monotonicNanos()
        now = time
        take(payload, now: time)
      } catch {
        return sayGoodbye(error.status)
      }
    }
    guard phase == .open else { return }
    // After the peer's end a frame that is begun never completes: its clock would only cut off the replies.
    if decoder.isMidFrame, !peerHasEnded {
      if frameBeganMillis == nil { frameBeganMillis = worker.nowMillis }
    } else {
      frameBeganMillis = nil
    }
    if !peerHasEnded { connection?.startReading() }
  }

  private func take(_ payload: UnsafeRawBufferPointer, now: UInt64) {
    guard isAuthenticated else { return authenticate(payload) }
    if payload.isEmpty, emptyFrames.strike(nowMillis: worker.nowMillis) {
      let message = "\(limits.zeroFramesPerSecond) empty frames within a second"
      return sayGoodbye(ReplyStatus(.resourceExhausted, reason: .tooManyErrors, message: message))
    }
    let outline = CallOutline(payload)
    let callID = outline.callID
    if callID != 0, inFlight.contains(where: { $0.callID == callID }) {
      let message = "call id \(callID) is already in flight on this connection"
      return worker.refuse(self, callID: callID, ReplyStatus(.invalidArgument, reason: .callID, message: message))
    }
    if worker.enqueue(payload, outline, arrivedNanos: lastReadNanos, now: now, from: self) {
      inFlight.append((callID, payload.count))
      worker.metrics.changeInFlight(by: 1)
      bytesInFlight += payload.count
      if callID != 0 { lastCallID = callID }
    }
  }

  // MARK: Out

  /// Notes that a call taken up has its reply in `outgoing`.
  func finish(callID: UInt64) {
    if let index = inFlight.firstIndex(where: { $0.callID == callID }) {
      bytesInFlight -= inFlight[index].byteCount
      inFlight.swapAt(index, inFlight.count - 1)
      inFlight.removeLast()
      worker.metrics.changeInFlight(by: -1)
    }
    lastActivityMillis = worker.nowMillis
    worker.touch(self)
    guard hasPinged else { return }
    hasPinged = false
    countPing()
  }

  /// End of a turn: writes what has gathered, then reads on or closes.
  func flush() {
    guard phase != .closed, let connection else { return }
    if !outgoing.isEmpty {
      let start = Loop.monotonicNanos()
      outgoing.withBytes { connection.write($0) }
      outgoing.removeAll(keepingCapacity: keepsBuffers && outgoing.capacity <= limits.retainedReplyBytes)
      worker.metrics.phases.add(.write, nanos: Loop.monotonicNanos() - start)
      // Calls are only answered below high water, so this is reached by refusals alone.
      if connection.queuedWriteBytes > limits.writeHardBytes { return connection.abort() }
    }
    resume()
    account()
    if inFlight.isEmpty, phase != .closed, phase != .open || peerHasEnded { connection.closeAfterFlush() }
  }

  func connectionDidDrain(_ connection: Connection) {
    resume()
    account()
  }

  /// Takes up what waited for the client to read.
  private func resume() {
    guard phase != .closed, unsentBytes <= limits.writeLowWaterBytes else { return }
    if !deferred.isEmpty {
      let waiting = deferred
      deferred.removeAll()
      for call in waiting { worker.requeue(call) }
    }
    if phase == .open { takeFrames() }
  }

  func connection(_ connection: Connection, didCloseWith error: LoopError?) {
    phase = .closed
    for call in deferred { call.release() }
    deferred.removeAll()
    worker.metrics.changeInFlight(by: -inFlight.count)
    self.connection = nil
    account()
    worker.forget(self)
  }
}
