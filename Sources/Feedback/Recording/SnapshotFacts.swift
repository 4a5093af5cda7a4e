import Artifact
import Glibc
import Ranking

/// What can be said of a state folder's snapshot, read whole and checked.
public struct SnapshotFacts: Sendable {
  /// Whether there is one, and what is wrong with it.
  public enum Verdict: Sendable {
    case absent
    /// It cannot be used, and a start folds the whole log instead; one sentence without its full stop.
    case unusable(reason: String)
    case sound(SnapshotFacts)
  }

  /// The last entry of this node's log that it holds; 0: none.
  public let lastSequence: UInt64
  /// When it was written, in Unix seconds.
  public let writtenAtSeconds: Int64
  /// Length of the file.
  public let bytes: Int
  /// See ``FoldedState/digest()``.
  public let digest: UInt64
  /// Events that were folded.
  public let events: UInt64
  /// What events are worth.
  public let weights: RewardWeights
  /// Other nodes whose entries it holds too.
  public let otherNodes: Int

  /// The state itself, and what there is to say; nil: there is no state that can be used.
  static func read(folder: String) -> (state: FoldedState?, verdict: Verdict) {
    let path = folder + "/snapshot"
    var status = stat()
    guard stat(path, &status) == 0 else {
      return errno == ENOENT ? (nil, .absent) : (nil, .unusable(reason: "it cannot be looked at (errno \(errno))"))
    }
    do throws(ArtifactError) {
      let state = try FoldedState.read(path: path)
      let facts = SnapshotFacts(
        lastSequence: state.ownSequence, writtenAtSeconds: Int64(status.st_mtim.tv_sec),
        bytes: Int(status.st_size), digest: state.digest(), events: state.events, weights: state.weights,
        otherNodes: state.cursors.keys.count { !state.identity.has($0) })
      return (state, .sound(facts))
    } catch {
      return (nil, .unusable(reason: "\(error)"))
    }
  }

  /// What events are worth by the snapshot of a state folder, since the log behind it need not say; as first set where there
  /// is none.
  public static func weights(folder: String) -> RewardWeights {
    (try? FoldedState.read(path: folder + "/snapshot"))?.weights ?? RewardWeights()
  }

  /// Looks at the snapshot of a state folder.
  public static func look(folder: String) -> Verdict { read(folder: folder).verdict }
}
