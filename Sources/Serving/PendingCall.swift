/// A frame that waits for its turn, with its own copy of the payload.
///
/// Whoever takes it from the queue calls ``release()`` exactly once.
struct PendingCall: Queued {
  let session: Session
  /// As read from the frame before it was decoded; 0 where it could not be. A call is answered only under this id.
  let callID: UInt64
  let ticket: CallTicket
  /// A block of the worker's pool.
  let payload: UnsafeRawBufferPointer
  /// What the store said, of a call that has waited for it.
  private(set) var fetched: FetchedList?

  init(session: Session, callID: UInt64, ticket: CallTicket, copying bytes: UnsafeRawBufferPointer) {
    self.session = session
    self.callID = callID
    self.ticket = ticket
    payload = session.worker.payloads.take(copying: bytes)
  }

  /// When the frame's last byte was read.
  var arrivedNanos: UInt64 { ticket.arrivedNanos }

  var byteCount: Int { payload.count }

  /// The same call, its payload still to be released once, with what the store said.
  func with(_ fetched: FetchedList) -> PendingCall {
    var call = self
    call.fetched = fetched
    return call
  }

  func release() { session.worker.payloads.give(payload) }
}
