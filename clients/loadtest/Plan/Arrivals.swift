import Foundation

/// The times at which one thread's share of a stream's calls arrives. They depend on the profile and the seed alone: not on
/// replies, nor on whether anything could be sent.
struct Arrivals {
  private let profile: Profile
  private let start: Int64
  private let end: Int64
  private let threads: Double
  /// nil: equal steps.
  private var dice: SplitMix?
  private var count: Double
  /// When the next call arrives, in monotonic nanoseconds; nil: none does any more.
  private(set) var next: Int64?

  /// - Parameters:
  ///   - profile: of all threads together, from `start`, in calls a second.
  ///   - thread: this one, of `threads` over all processes.
  ///   - seed: nil: a constant process, of which this thread has every `threads`-th call; otherwise a Poisson process of its
  ///     own, and those of all threads add up to the whole.
  init(profile: Profile, start: Int64, thread: Int, threads: Int, seed: UInt64?) {
    self.profile = profile
    self.start = start
    end = start + Int64((profile.seconds * 1e9).rounded())
    self.threads = Double(threads)
    dice = seed.map { SplitMix(seed: $0, part: thread) }
    count = dice == nil ? Double(thread) : 0
    if dice != nil { step() }
    place()
  }

  mutating func advance() {
    step()
    place()
  }

  private mutating func step() {
    guard var generator = dice else {
      count += threads
      return
    }
    // −log of a uniform variate in (0, 1] is an exponential variate of mean 1.
    count += threads * -log(1 - Double.random(in: 0..<1, using: &generator))
    dice = generator
  }

  private mutating func place() {
    next = profile.time(ofCount: count).map { start + Int64(($0 * 1e9).rounded()) }
    if let time = next, time >= end { next = nil }
  }
}
