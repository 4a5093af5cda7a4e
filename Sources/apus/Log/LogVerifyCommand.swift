import Artifact
import ArgumentParser
import Feedback
import Foundation

/// `apus log verify`: whether a feedback log and its snapshot are whole.
struct LogVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check every record of a feedback log, its snapshot, and that both agree.",
    discussion: """
      Where the whole log is there, the snapshot and what follows it must come to the state that the whole log comes \
      to. Exit code 0: all is sound; 65: something is damaged, and is said. Nothing is changed.

      Examples:
        apus log verify apus-state
        apus log verify apus-state --json
      """)

  @OptionGroup var folder: LogFolderArgument

  @Flag(help: "Print JSON.")
  var json = false

  /// The whole answer, for `--json`.
  struct Report: Encodable {
    let isSound: Bool
    let isInUse: Bool
    let node: String?
    let segments: Int
    let entries: UInt64
    let firstSequence: UInt64
    let lastSequence: UInt64
    let bytesDropped: Int
    let damages: [LogView.Damage]
    let problems: [String]
    let snapshot: LogView.Snapshot
    /// equal, different, or why it cannot be told.
    let comparison: String
    let digest: String?
  }

  func run() throws {
    let reader = try folder.reader()
    let isInUse = reader.isInUse
    let found: StateVerification
    do throws(FeedbackError) { found = try StateVerification(reader) } catch { throw LogFolderArgument.exit(error) }
    if found.contents.segments.isEmpty { throw Failure.noInput.exit("\(folder.state): there is no feedback log") }
    let report = Self.report(found, isInUse: isInUse)
    if json { try JSONOutput.print(report) } else { Self.show(report) }
    if !report.isSound { throw ExitCode(Failure.badData.code) }
  }

  private static func report(_ found: StateVerification, isInUse: Bool) -> Report {
    let (comparison, digest): (String, UInt64?) =
      switch found.comparison {
      case .equal(let digest): ("equal", digest)
      case .different(let whole, _): ("different", whole)
      case .impossible(let reason): (reason, nil)
      }
    return Report(
      isSound: found.isSound, isInUse: isInUse, node: found.node?.hexadecimal,
      segments: found.contents.segments.count, entries: found.contents.entries,
      firstSequence: found.contents.firstSequence, lastSequence: found.contents.lastSequence,
      bytesDropped: found.contents.bytesDropped, damages: found.contents.damages.map(LogView.Damage.init),
      problems: found.problems, snapshot: LogView.Snapshot(found.snapshot), comparison: comparison,
      digest: digest?.hexadecimal)
  }

  private static func show(_ report: Report) {
    var table = TextTable([("segments", .right), ("entries", .right), ("first", .right), ("last", .right)])
    table.add(
      ["\(report.segments)", "\(report.entries)", "\(report.firstSequence)", "\(report.lastSequence)"])
    print(table.render() + "\n")
    if report.isInUse { print(LogFolderArgument.inUseNote) }
    print(report.snapshot.sentence(now: Int64(Date().timeIntervalSince1970)))
    switch report.comparison {
    case "equal": print("Snapshot and log agree: digest \(report.digest ?? "").")
    case "different": break
    default: print("Snapshot and log are not compared: \(report.comparison).")
    }
    if report.bytesDropped > 0 {
      print("\(report.bytesDropped) bytes at the end were never acknowledged: no damage.")
    }
    for damage in report.damages { print("Damage: \(damage.text).") }
    for problem in report.problems { print("Damage: \(problem).") }
    print(report.isSound ? "All is sound." : "Something is damaged.")
  }
}
