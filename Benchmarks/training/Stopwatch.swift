import Training

/// The fastest of several runs: what the work costs when nothing else is in its way.
struct Stopwatch {
  /// Runs, at least 1.
  let repeats: Int

  /// Seconds of the fastest run of `body`, and what the last one gave.
  func best<Result>(_ body: () throws -> Result) throws -> (seconds: Double, result: Result) {
    var best = Double.infinity
    var last: Result?
    for _ in 0..<max(1, repeats) {
      last = nil
      let begin = Trainer.monotonicSeconds()
      let result = try body()
      best = min(best, Trainer.monotonicSeconds() - begin)
      last = result
    }
    guard let last else { throw BenchmarkError.nothingRan }
    return (best, last)
  }
}
