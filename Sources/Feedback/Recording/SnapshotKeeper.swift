import Artifact
import Dispatch
import Glibc

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

  init(path: String, period: UInt64) { (self.path, self.period) = (path, max(1, period)) }

  /// The state that the file holds; nil: there is none, or one that cannot be used, as `note` then says.
  static func read(_ path: String, limits: FoldLimits) -> (state: FoldedState?, note: String?) {
    if access(path, F_OK) != 0, errno == ENOENT { return (nil, nil) }
    do throws(ArtifactError) { return (try FoldedState.read(path: path, limits: limits), nil) } catch {
      return (nil, "\(path) cannot be used: \(error); feedback is folded from the whole log instead")
    }
  }

  /// Takes note of folded entries, and of what has been written since; begins to write if it is time. Returns the sequence
  /// through which the log is not needed any more; nil: nothing new.
  func advance(by count: Int, _ state: FoldedState, sequence: UInt64) -> UInt64? {
    entries += UInt64(count)
    let through = finished()
    if entries >= period, !isWriting {
      entries = 0
      isWriting = true
      let (snapshot, path, outcome) = (state.snapshot(), path, outcome)
      queue.async {
        let result = Result { () throws(ArtifactError) in
          try snapshot.write(to: path)
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
      failure = nil
      return sequence
    }
  }
}
