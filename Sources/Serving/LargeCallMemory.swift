import Ranking
import Wire

/// What a large ranking keeps while its worker answers others between its chunks; one at a time per worker.
final class LargeCallMemory {
  /// Where candidates are gathered and ordered.
  let scratch: RankScratch
  /// Candidates that were found for the call. [candidatesPerCall]
  private let candidates: UnsafeMutableBufferPointer<UInt64>

  init(model: Model, limits: Limits, seed: UInt64) {
    scratch = RankScratch(model: model, capacity: limits.candidatesPerCall, seed: seed, onlyGathers: true)
    candidates = .allocate(capacity: limits.candidatesPerCall)
    candidates.initialize(repeating: 0)
  }

  deinit { candidates.deallocate() }

  /// A copy of at most `candidatesPerCall` candidates that lasts until the next large call.
  func keep(_ found: UnsafeBufferPointer<UInt64>) -> UnsafeBufferPointer<UInt64> {
    let kept = UnsafeMutableBufferPointer(rebasing: candidates[..<min(found.count, candidates.count)])
    _ = kept.update(fromContentsOf: found.prefix(kept.count))
    return UnsafeBufferPointer(kept)
  }
}
