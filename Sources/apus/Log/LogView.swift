import Artifact
import Feedback
import Training

/// The parts of answers about a log, for `--json` and for people.
enum LogView {
  /// One segment.
  struct Segment: Encodable {
    let file: String
    let isDamaged: Bool
    let firstSequence: UInt64
    let lastSequence: UInt64
    let bytes: Int
    let usedBytes: Int
    let events: UInt64
    let rankings: UInt64
    let rewards: UInt64
    let firstTime: Int64?
    let lastTime: Int64?

    init(_ segment: LogContents.Segment) {
      (file, isDamaged) = (segment.file, segment.isDamaged)
      (firstSequence, lastSequence) = (segment.firstSequence, segment.lastSequence)
      (bytes, usedBytes) = (segment.bytes, segment.usedBytes)
      (events, rankings, rewards) = (segment.events, segment.rankings, segment.rewards)
      (firstTime, lastTime) = (segment.times?.lowerBound, segment.times?.upperBound)
    }
  }

  /// Entries that are lost, or a broken header.
  struct Damage: Encodable {
    let file: String
    let offset: Int
    let firstLost: UInt64
    let count: UInt64
    let text: String

    init(_ damage: LogDamage) {
      (file, offset, text) = (damage.path, damage.offset, "\(damage)")
      (firstLost, count) = (damage.firstLost, damage.count)
    }
  }

  /// The snapshot.
  struct Snapshot: Encodable {
    let state: String
    var reason: String?
    var lastSequence: UInt64?
    var writtenAt: Int64?
    var bytes: Int?
    var digest: String?
    var events: UInt64?
    var otherNodes: Int?

    init(_ verdict: SnapshotFacts.Verdict) {
      switch verdict {
      case .absent: state = "absent"
      case .unusable(let reason): (state, self.reason) = ("unusable", reason)
      case .sound(let facts):
        state = "sound"
        (lastSequence, writtenAt, bytes) = (facts.lastSequence, facts.writtenAtSeconds, facts.bytes)
        (digest, events, otherNodes) = (facts.digest.hexadecimal, facts.events, facts.otherNodes)
      }
    }

    /// One sentence; `now` in Unix seconds.
    func sentence(now: Int64) -> String {
      guard let lastSequence, let writtenAt, let digest, let events, let otherNodes else {
        return reason.map { "The snapshot cannot be used: \($0)." } ?? "There is no snapshot."
      }
      let others = otherNodes == 0 ? "" : ", and entries of \(otherNodes) other node\(otherNodes == 1 ? "" : "s")"
      return
        "Snapshot as of entry \(lastSequence), \(events) events folded\(others), \(max(0, now - writtenAt)) s old, "
        + "digest \(digest)."
    }
  }

  /// The segments, one a line.
  static func table(_ segments: [Segment]) -> String {
    var table = TextTable([
      ("segment", .left), ("first", .right), ("last", .right), ("bytes", .right), ("used", .right), ("events", .right),
      ("rankings", .right), ("rewards", .right), ("from", .left), ("to", .left),
    ])
    for segment in segments {
      let numbers = [segment.events, segment.rankings, segment.rewards].map { "\($0)" }
      let times = [segment.firstTime, segment.lastTime].map { $0.map(UnixTime.text) ?? "" }
      let last = segment.lastSequence < segment.firstSequence ? "" : "\(segment.lastSequence)"
      table.add(
        [segment.file, "\(segment.firstSequence)", last, "\(segment.bytes)", "\(segment.usedBytes)"] + numbers + times)
    }
    return table.render()
  }
}
