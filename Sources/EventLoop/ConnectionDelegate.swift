/// What a connection tells its owner, always on the loop's thread.
///
/// Every method of the connection may be called from inside these.
public protocol ConnectionDelegate: AnyObject {
  /// Bytes arrived; they are valid only during the call (all connections of a loop read into one buffer).
  func connection(_ connection: Connection, didRead bytes: UnsafeRawBufferPointer)
  /// The peer will send no more. Writing stays possible until ``Connection/closeAfterFlush()``.
  func connectionDidReachEnd(_ connection: Connection)
  /// Writes had been queued and all of them have now been handed to the kernel.
  func connectionDidDrain(_ connection: Connection)
  /// The last call, made exactly once for each connection whose initialiser returned. `error` is nil where this side
  /// closed or aborted.
  func connection(_ connection: Connection, didCloseWith error: LoopError?)
}
