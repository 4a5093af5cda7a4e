import CLibuv

/// Keeps the loop from waiting in its poll for as long as it spins.
final class IdleSpinner: LoopResource {
  init(loop: Loop) {
    super.init(loop: loop, byteCount: MemoryLayout<uv_idle_t>.size)
    // Initialising an idle handle cannot fail; on a closing loop it stays inert.
    _ = register { uv_idle_init($0, pinned(uv_idle_t.self)) }
  }

  /// Setting it to what it is costs nothing.
  var isSpinning = false {
    didSet {
      guard isSpinning != oldValue, !isClosed else { return }
      if isSpinning {
        uv_idle_start(pinned(uv_idle_t.self)) { _ in }
      } else {
        uv_idle_stop(pinned(uv_idle_t.self))
      }
    }
  }
}
