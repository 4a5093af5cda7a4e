import EventLoop
import Glibc
import ServerSupport
import Synchronization
import Testing

@Suite(.serialized) struct LoopTests {
  @Test("a loop runs until it is stopped, or until nothing could ever happen")
  func runAndStop() throws {
    let loop = try Loop()
    loop.run()
    let wakeup = try Wakeup(loop: loop) {}
    loop.stop()
    loop.run()
    wakeup.signal()
    wakeup.close()
    loop.run()
    wakeup.signal()
    loop.close()
    wakeup.signal()
    loop.close()
  }

  @Test("a signal from another thread wakes the loop")
  func wakeup() throws {
    let loop = try Loop()
    var calls = 0
    let wakeup = try Wakeup(loop: loop) {
      calls += 1
      loop.stop()
    }
    let thread = Background {
      usleep(20_000)
      wakeup.signal()
    }
    loop.run()
    try thread.join()
    #expect(calls == 1)
    loop.close()
  }

  @Test("signals race with the close of their wakeup without harm")
  func wakeupRace() throws {
    for _ in 0..<50 {
      let loop = try Loop()
      let wakeup = try Wakeup(loop: loop) {}
      let threads = (0..<3).map { _ in Background { for _ in 0..<500 { wakeup.signal() } } }
      loop.stop()
      loop.run()
      loop.close()
      for thread in threads { try thread.join() }
    }
  }

  @Test("what several threads post arrives completely, each thread's messages in order")
  func mailbox() throws {
    let loop = try Loop()
    let threads = 4
    let each = 25_000
    var next = [Int](repeating: 0, count: threads)
    var total = 0
    var inOrder = true
    let mailbox = try Mailbox<(thread: Int, number: Int)>(loop: loop) { batch in
      if batch.isEmpty { inOrder = false }
      for message in batch {
        if message.number != next[message.thread] { inOrder = false }
        next[message.thread] += 1
        total += 1
      }
      if total == threads * each { loop.stop() }
    }
    let posters = (0..<threads).map { thread in
      Background { (0..<each).allSatisfy { mailbox.post((thread, $0)) } }
    }
    loop.run()
    #expect(try posters.allSatisfy { try $0.join() })
    #expect(inOrder && total == threads * each)
    mailbox.close()
    mailbox.close()
    #expect(!mailbox.post((0, 0)))
    loop.close()
    #expect(!mailbox.post((0, 0)))
  }

  @Test("a mailbox may be closed by its own handler, and keeps what was posted meanwhile from being lost before")
  func mailboxClosedInside() throws {
    let loop = try Loop()
    var got: [Int] = []
    var mailbox: Mailbox<Int>?
    mailbox = try Mailbox<Int>(loop: loop) { batch in
      got += batch
      if got.count == 1 {
        mailbox?.post(2)
      } else {
        mailbox?.close()
        loop.stop()
      }
    }
    mailbox?.post(1)
    loop.run()
    #expect(got == [1, 2])
    mailbox = nil
    loop.close()
  }

  @Test("a message of a mailbox that the loop closed is freed")
  func mailboxFreesMessages() throws {
    final class Token: Sendable {}
    let loop = try Loop()
    weak var token: Token?
    do {
      let mailbox = try Mailbox<Token>(loop: loop) { _ in }
      let message = Token()
      token = message
      mailbox.post(message)
      loop.close()
    }
    #expect(token == nil)
  }

  @Test("timers run when due, in order, once or repeatedly, and not after they were stopped")
  func timers() throws {
    let loop = try Loop()
    var order: [String] = []
    let start = Loop.monotonicNanos()
    let late = LoopTimer(loop: loop) {
      order.append("late")
      loop.stop()
    }
    let early = LoopTimer(loop: loop) { order.append("early") }
    let never = LoopTimer(loop: loop) { order.append("never") }
    var ticks = 0
    var ticker: LoopTimer?
    ticker = LoopTimer(loop: loop) {
      ticks += 1
      if ticks == 3 { ticker?.stop() }
    }
    late.start(afterMillis: 60)
    early.start(afterMillis: 10)
    never.start(afterMillis: 20)
    never.stop()
    ticker?.start(afterMillis: 2, everyMillis: 2)
    #expect(late.isRunning && !never.isRunning)
    loop.run()
    #expect(order == ["early", "late"])
    #expect(ticks == 3)
    #expect(Loop.monotonicNanos() - start >= 59_000_000)
    late.start(afterMillis: 0)
    late.close()
    late.close()
    late.start(afterMillis: 0)
    #expect(!late.isRunning)
    ticker = nil
    loop.close()
    #expect(order == ["early", "late"])
  }

  @Test("a turn hook keeps the loop turning while work remains, and lets it sleep when none does")
  func turnHook() throws {
    let loop = try Loop()
    var work = 1_000
    var turns = 0
    let hook = TurnHook(loop: loop) {
      turns += 1
      work = max(0, work - 1)
      return work > 0
    }
    let first = LoopTimer(loop: loop) { loop.stop() }
    first.start(afterMillis: 100)
    hook.schedule()
    let start = Loop.monotonicNanos()
    loop.run()
    #expect(work == 0)
    #expect((1_000...1_003).contains(turns), "sleeping, the loop turned \(turns - 1_000) times")
    #expect(Loop.monotonicNanos() - start >= 99_000_000)

    // Work that a timer adds is begun at once, not at the next event.
    let adder = LoopTimer(loop: loop) {
      work = 1
      hook.schedule()
    }
    var begun = false
    let observer = TurnHook(loop: loop) {
      if work == 1 {
        begun = true
        loop.stop()
      }
      return false
    }
    let second = LoopTimer(loop: loop) { loop.stop() }
    adder.start(afterMillis: 10)
    second.start(afterMillis: 10_000)
    let again = Loop.monotonicNanos()
    loop.run()
    #expect(begun && Loop.monotonicNanos() - again < 5_000_000_000)
    observer.close()
    hook.close()
    hook.schedule()
    loop.close()
  }

  @Test("a signal of the process reaches its handler on the loop's thread")
  func signals() throws {
    let loop = try Loop()
    var calls = 0
    _ = try SignalWatcher(loop: loop, signal: SIGUSR2) {
      calls += 1
      loop.stop()
    }
    kill(getpid(), SIGUSR2)
    loop.run()
    #expect(calls == 1)
    #expect(throws: LoopError.system(operation: "watching signal \(SIGKILL)", code: EINVAL)) {
      try SignalWatcher(loop: loop, signal: SIGKILL) {}
    }
    loop.close()
  }
}
