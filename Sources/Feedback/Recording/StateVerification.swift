import Artifact

/// A check of everything in a state folder from which feedback is known: each record of each segment, the snapshot, and
/// that both tell the same. Changes nothing, and takes no lock.
///
/// Memory: two folded states (``FoldLimits/bytes``).
public struct StateVerification: Sendable {
  /// Whether the snapshot and the rest of the log come to what the whole log does.
  public enum Comparison: Equatable, Sendable {
    /// They do; the digest of both.
    case equal(digest: UInt64)
    case different(whole: UInt64, fromSnapshot: UInt64)
    /// It cannot be told; why, without a full stop.
    case impossible(reason: String)
  }

  /// The node's name; nil: there is no file of that.
  public let node: UInt64?
  /// What the log holds, and what of it is damaged.
  public let contents: LogContents
  /// What the snapshot is.
  public let snapshot: SnapshotFacts.Verdict
  /// Whether both agree.
  public let comparison: Comparison
  /// What is wrong beside ``LogContents/damages``, each a sentence without its full stop.
  public let problems: [String]

  /// Whether nothing at all is wrong.
  public var isSound: Bool { contents.damages.isEmpty && problems.isEmpty }

  /// Reads everything.
  ///
  /// - Complexity: O(bytes of the log and the snapshot).
  public init(_ reader: LogReader) throws(FeedbackError) {
    // The snapshot first: beside a running server the log is then never behind it.
    let identity = try NodeIdentity.find(folder: reader.path)
    let (resumed, verdict) = SnapshotFacts.read(folder: reader.path)
    let start = resumed?.ownSequence ?? 0
    let whole = FoldedState()
    contents = try reader.read { entry, sequence in
      whole.apply(entry)
      if sequence > start { resumed?.apply(entry) }
    }
    (node, snapshot) = (identity?.node, verdict)
    comparison = Self.compare(whole, resumed, verdict, contents)
    var problems = Self.problems(node, verdict, contents, comparison)
    if let identity, let resumed, !identity.continues(resumed.identity) {
      let name = resumed.identity.node.hexadecimal
      problems.append("the snapshot belongs to node \(name), which the file node does not have")
    }
    self.problems = problems
  }

  private static func compare(
    _ whole: FoldedState, _ resumed: FoldedState?, _ verdict: SnapshotFacts.Verdict, _ contents: LogContents
  ) -> Comparison {
    guard let resumed, case .sound(let facts) = verdict else {
      return .impossible(reason: "there is no sound snapshot")
    }
    guard contents.firstSequence == 1 else {
      return .impossible(reason: "the log begins with entry \(contents.firstSequence)")
    }
    guard contents.damages.allSatisfy({ $0.count == 0 }) else { return .impossible(reason: "the log is damaged") }
    guard facts.otherNodes == 0 else {
      return .impossible(reason: "the snapshot holds entries of \(facts.otherNodes) other nodes")
    }
    let digests = (whole.digest(), resumed.digest())
    return digests.0 == digests.1
      ? .equal(digest: digests.0) : .different(whole: digests.0, fromSnapshot: digests.1)
  }

  private static func problems(
    _ node: UInt64?, _ verdict: SnapshotFacts.Verdict, _ contents: LogContents, _ comparison: Comparison
  ) -> [String] {
    var problems: [String] = []
    var covered: UInt64 = 0
    switch verdict {
    case .absent: break
    case .unusable(let reason): problems.append("the snapshot cannot be used: \(reason)")
    case .sound(let facts):
      covered = facts.lastSequence
      if node == nil {
        problems.append("the file node is missing beside a snapshot; a start makes it from the log")
      }
      if covered > contents.lastSequence {
        problems.append("the snapshot holds entries up to \(covered), the log ends with entry \(contents.lastSequence)")
      }
    }
    if contents.firstSequence > covered + 1 {
      problems.append(
        "entries \(covered + 1) to \(contents.firstSequence - 1) are neither in the log nor in a snapshot")
    }
    if case .different(let whole, let resumed) = comparison {
      problems.append(
        "the snapshot and the log behind it come to another state (digest \(resumed.hexadecimal)) than the whole log "
          + "(\(whole.hexadecimal))")
    }
    return problems
  }
}
