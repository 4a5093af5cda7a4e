import Artifact
import Dispatch
import Glibc
import Synchronization

/// Writes the folded state to its file now and then, beside the writer's work, and says how much of the log it replaces.
///
/// One thread, but for the writing itself, which is done on another.
final class SnapshotKeeper {
  private let path: String
  private let period: UInt64
  private let queue = DispatchQueue(label: "snapshot", qos: .utility)
  /// How the last writing went; nil: it is under way, or there was none.
  private let outcome = Monitor<Result<UInt64, ArtifactError>?>(nil)
  private var isWriting = false
  private var entries: UInt64 = 0
  /// Why the last writing failed; nil: it did not.
  private(set) var failure: ArtifactError?

  private let lastWritten: Atomic<Int64>

  /// `writtenAt`: of the file that is there, in Unix seconds; 0: there is none that can be used.
  init(path: String, period: UInt64, writtenAt: Int64 = 0) {
    (self.path, self.period) = (path, max(1, period))
    lastWritten = Atomic(writtenAt)
  }

  /// When the file was written last, in Unix seconds; 0: never. Any thread.
  var writtenAt: Int64 { lastWritten.load(ordering: .relaxed) }

  /// The state that the file holds, and when it was written; nil: there is none, or one that cannot be used, as `note`
  /// then says; among them one of a log that never had the names `identity`.
  static func read(
    _ path: String, of identity: NodeIdentity, limits: FoldLimits
  ) -> (state: FoldedState?, writtenAt: Int64, note: String?) {
    var status = stat()
    if stat(path, &status) != 0, errno == ENOENT { return (nil, 0, nil) }
    let reason: String
    do throws(ArtifactError) {
      let state = try FoldedState.read(path: path, limits: limits)
      if identity.continues(state.identity) { return (state, Int64(status.st_mtim.tv_sec), nil) }
      reason = "it belongs to node \(state.identity.node.hexadecimal), which this log never was"
    } catch {
      reason = "\(error)"
    }
    return (nil, 0, "\(path) cannot be used: \(reason); feedback is folded from the whole log instead")
  }

  /// Takes note of folded entries, and of what has been written since; begins to write if it is time. Returns the sequence
  /// through which the log is not needed any more; nil: nothing new.
  func advance(by count: Int, _ state: FoldedState, sequence: UInt64) -> UInt64? {
    entries += UInt64(count)
    let through = finished()
    if entries >= period, !isWriting {
      entries = 0
      isWriting = true
      let (path, outcome) = (path, outcome)
      // Nobody else's: sorting what it holds would hold the writer up for seconds.
      nonisolated(unsafe) let copy = state.copy()
      queue.async {
        let result = Result { () throws(ArtifactError) in
          try copy.snapshot().write(to: path)
          return sequence
        }
        outcome.change { $0 = result }
      }
    }
    return through
  }

  /// Writes what has come since the last time, and waits for it. Returns what ``advance(by:_:sequence:)`` does.
  func close(_ state: FoldedState, sequence: UInt64) -> UInt64? {
    queue.sync {}
    let through = finished()
    guard entries > 0 || failure != nil else { return through }
    do throws(ArtifactError) {
      try state.snapshot().write(to: path)
      lastWritten.store(Int64(time(nil)), ordering: .relaxed)
      failure = nil
      return sequence
    } catch {
      failure = error
      return through
    }
  }

  private func finished() -> UInt64? {
    guard isWriting, let result = outcome.change({ $0.take() }) else { return nil }
    isWriting = false
    switch result {
    case .failure(let error):
      failure = error
      return nil
    case .success(let sequence):
      lastWritten.store(Int64(time(nil)), ordering: .relaxed)
      failure = nil
      return sequence
    }
  }
}
