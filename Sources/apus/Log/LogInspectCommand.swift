import Artifact
import ArgumentParser
import Feedback
import Foundation

/// `apus log inspect`: what is in a feedback log.
struct LogInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what is in a feedback log: segments, snapshot, events by type.",
    discussion: """
      Examples:
        apus log inspect apus-state
        apus log inspect apus-state --tail 20
        apus log inspect apus-state --json
      """)

  @OptionGroup var folder: LogFolderArgument

  @Option(help: ArgumentHelp("Show the last entries too.", valueName: "n"))
  var tail = 0

  @Flag(help: "Print JSON.")
  var json = false

  /// The whole answer, for `--json`.
  struct Contents: Encodable {
    let node: String?
    let isInUse: Bool
    let segments: [LogView.Segment]
    let bytesDropped: Int
    let damages: [LogView.Damage]
    let snapshot: LogView.Snapshot
    let lastSequence: UInt64
    let events: [String: UInt64]
    let unmatched: UInt64
    let withoutRequest: UInt64
    let repeated: UInt64
    let tail: [LogEntryLine]
  }

  func validate() throws {
    guard (0...1_000_000).contains(tail) else { throw ValidationError("--tail \(tail) is not in 0 to 1000000") }
  }

  func run() throws {
    let reader = try folder.reader()
    let contents: Contents
    do throws(FeedbackError) { contents = try read(reader) } catch { throw LogFolderArgument.exit(error) }
    if contents.segments.isEmpty { throw Failure.noInput.exit("\(folder.state): there is no feedback log") }
    if json { try JSONOutput.print(contents) } else { show(contents) }
  }

  private func read(_ reader: LogReader) throws(FeedbackError) -> Contents {
    let isInUse = reader.isInUse
    let identity = try NodeIdentity.find(folder: folder.state)
    let snapshot = SnapshotFacts.look(folder: folder.state)
    var statistics = LogStatistics()
    var last: [(entry: LogEntry, sequence: UInt64)] = []
    let log = try reader.read { entry, sequence in
      statistics.count(entry)
      if tail == 0 { return }
      if last.count >= 2 * tail { last.removeFirst(last.count - tail) }
      last.append((entry, sequence))
    }
    return Contents(
      node: identity?.node.hexadecimal, isInUse: isInUse,
      segments: log.segments.map(LogView.Segment.init),
      bytesDropped: log.bytesDropped, damages: log.damages.map(LogView.Damage.init),
      snapshot: LogView.Snapshot(snapshot), lastSequence: log.lastSequence,
      events: Dictionary(uniqueKeysWithValues: statistics.eventsByType.map { (EventNames.name(of: $0.key), $0.value) }),
      unmatched: statistics.unmatched, withoutRequest: statistics.withoutRequest, repeated: statistics.repeated,
      tail: last.suffix(tail).map { LogEntryLine($0.entry, sequence: $0.sequence) })
  }

  private func show(_ contents: Contents) {
    print(LogView.table(contents.segments) + "\n")
    print("Node \(contents.node ?? "without a name"), \(contents.lastSequence) entries so far.")
    if contents.isInUse { print(LogFolderArgument.inUseNote) }
    print(contents.snapshot.sentence(now: Int64(Date().timeIntervalSince1970)))
    if contents.bytesDropped > 0 {
      print("\(contents.bytesDropped) bytes at the end were never acknowledged; the next start cuts them off.")
    }
    for damage in contents.damages { print("Damage: \(damage.text).") }
    var table = TextTable([("event", .left), ("count", .right)])
    for (name, count) in contents.events.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      table.add([name, "\(count)"])
    }
    table.add(["unmatched", "\(contents.unmatched)"])
    table.add(["without a request", "\(contents.withoutRequest)"])
    table.add(["repeated", "\(contents.repeated)"])
    print("\n" + table.render())
    if !contents.tail.isEmpty { print("\n" + LogEntryLine.table(contents.tail)) }
  }
}
