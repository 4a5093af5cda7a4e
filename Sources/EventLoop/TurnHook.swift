import CLibuv

/// Calls a handler once in every turn of the loop, after all that was ready has been read.
///
/// While the handler returns true (work is left) the loop polls without waiting; once it returns false the loop sleeps
/// until something happens. Who adds work where no poll precedes the handler (a timer, a close) calls ``schedule()``.
public final class TurnHook: LoopResource {
  private var handler: (() -> Bool)?
  private let spinner: IdleSpinner

  /// Lives until ``LoopResource/close()``.
  public init(loop: Loop, handler: @escaping () -> Bool) {
    self.handler = handler
    spinner = IdleSpinner(loop: loop)
    super.init(loop: loop, byteCount: MemoryLayout<uv_check_t>.size)
    // Initialising a check handle cannot fail; on a closing loop the hook stays inert.
    guard register({ uv_check_init($0, pinned(uv_check_t.self)) }) == 0 else { return }
    uv_check_start(pinned(uv_check_t.self)) { handle in TurnHook.fire(handle) }
  }

  /// Makes the current or next turn poll without waiting, so that the handler runs soon.
  public func schedule() {
    if !isClosed { spinner.isSpinning = true }
  }

  override func willClose() {
    handler = nil
    spinner.close()
  }

  private static func fire(_ handle: UnsafeMutablePointer<uv_check_t>?) {
    guard let owner = handle?.pointee.data else { return }
    Unmanaged<TurnHook>.fromOpaque(owner).takeUnretainedValue().turn()
  }

  private func turn() {
    guard let handler else { return }
    let hasWork = handler()
    if !isClosed { spinner.isSpinning = hasWork }
  }
}
