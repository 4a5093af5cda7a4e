import Glibc

/// Times in nanoseconds that only their differences give a meaning.
enum Clock {
  static func monotonicNanos() -> Int64 { read(CLOCK_MONOTONIC) }

  /// The processor time that this process has used, in all its threads.
  static func processNanos() -> Int64 { read(CLOCK_PROCESS_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
