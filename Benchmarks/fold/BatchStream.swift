import Feedback
import Foundation

/// Gives the writer one batch after the other, each as soon as the one before is done: on the writer's own thread, so that it
/// never waits and its times are its own.
final class BatchStream: @unchecked Sendable {
  private let service: FeedbackService
  private let done = DispatchSemaphore(value: 0)
  private let size: Int
  // The writer thread's alone once the first batch is submitted.
  private var traffic: Traffic
  private var times: BatchTimes
  private var begun: (busy: UInt64, elapsed: UInt64)?
  private var left: Int

  init(_ service: FeedbackService, _ traffic: Traffic, batches: Int, size: Int) {
    (self.service, self.traffic, self.size) = (service, traffic, size)
    (times, left) = (BatchTimes(size: size, batches: batches), batches)
  }

  /// Runs all batches.
  func run() -> BatchTimes {
    submit()
    done.wait()
    return times
  }

  private func submit() {
    let events = traffic.next(size) { service.served.add($0) }
    service.submit(events) { [self] result in
      if case .failure(let error) = result { fatalError("\(error)") }
      // The first one begins on another thread.
      if let begun { times.add(busy: Self.busy() - begun.busy, elapsed: Self.now() - begun.elapsed) }
      left -= 1
      if left == 0 {
        done.signal()
        return
      }
      submit()
      begun = (Self.busy(), Self.now())
    }
  }

  private static func busy() -> UInt64 { nanos(of: CLOCK_THREAD_CPUTIME_ID) }
  private static func now() -> UInt64 { nanos(of: CLOCK_MONOTONIC) }

  private static func nanos(of clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
