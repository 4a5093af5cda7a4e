import ApusClient
import ArgumentParser
import Foundation

/// `apus stats`: what a server does and where its time goes, again and again.
struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Show what a server does and where the time of its calls goes, live.",
    discussion: """
      Examples:
        apus stats                            (every second, until interrupted)
        apus stats --server 127.0.0.1:7411 --interval 5s
        apus stats --once                     (since the server's start)
        apus stats --interval 250ms --json    (one object a line)

      Rates and percentiles are of the time since the last look, the first look's of the time since the server's start. \
      A percentile is at most 1.6 % off. Phases: queue (waiting), decode, score (signals), blend, bandit, order, encode, \
      remember (kept for feedback to name), write (one for all replies of a turn), call (all of it), feedback (RecordEvents \
      until the disk has it).
      """)

  @Option(help: ArgumentHelp("Time between two looks, such as 1s or 250ms.", valueName: "time"))
  var interval = "1s"

  @Flag(help: "Look once, at all that was since the server's start.")
  var once = false

  @OptionGroup var server: ConnectionOptions

  func validate() throws {
    guard Self.millis(interval) != nil else {
      throw ValidationError("--interval \(interval) is not a time from 10ms to 1h, such as 1s or 250ms")
    }
  }

  /// `250ms`, `1s`, `2m`, or seconds without a unit; from 10 ms to an hour.
  static func millis(_ text: String) -> UInt32? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits) else { return nil }
    let unit: Double? =
      switch text.dropFirst(digits.count) {
      case "ms": 1
      case "s", "": 1_000
      case "m": 60_000
      case "h": 3_600_000
      default: nil
      }
    guard let unit, (10...3_600_000).contains(number * unit) else { return nil }
    return UInt32(number * unit)
  }

  func run() throws {
    let connection = try server.connect()
    var before: ServerReading?
    var lines = 0
    while true {
      let reading = try Self.read(connection)
      let view = StatsView(reading, since: before)
      if !server.json {
        lines = Self.draw(view.table(), over: lines)
      } else if once {
        try JSONOutput.print(view)
      } else {
        try JSONOutput.printLine(view)
      }
      // Whoever reads a pipe wants each look at once.
      fflush(nil)
      if once { return }
      before = reading
      usleep((Self.millis(interval) ?? 1_000) * 1_000)
    }
  }

  private static func read(_ connection: ServerConnection) throws -> ServerReading {
    let reply = try connection.describe()
    guard let description = reply.pointer.pointee.description?.pointee else {
      throw Failure.software.exit("the reply has no description")
    }
    return ServerReading(description)
  }

  /// Prints a table, on a terminal in the place of the one before, which had so many lines. Returns its lines.
  private static func draw(_ table: String, over before: Int) -> Int {
    guard Terminal.outputIsTerminal else {
      print(table + "\n")
      return 0
    }
    let columns = Terminal.columns
    let lines = table.split(separator: "\n", omittingEmptySubsequences: false).map { String($0.prefix(columns)) }
    // Up to where the last table begins, and clear from there.
    if before > 0 { print("\u{1B}[\(before)A\u{1B}[J", terminator: "") }
    print(lines.joined(separator: "\n"))
    return lines.count
  }
}
