import EventLoop
import Testing

extension Loop {
  /// Runs the loop until `condition` holds, looked at every millisecond; a test fails after a minute.
  func run(_ what: Comment, until condition: @escaping () -> Bool) {
    var gaveUp = false
    let limit = LoopTimer(loop: self) { [unowned self] in
      gaveUp = true
      stop()
    }
    limit.start(afterMillis: 60_000)
    let look = LoopTimer(loop: self) { [unowned self] in if condition() { stop() } }
    look.start(afterMillis: 0, everyMillis: 1)
    run()
    look.close()
    limit.close()
    #expect(!gaveUp, what)
  }
}
