import ArgumentParser
import Feedback

/// Options about how much of the feedback log is kept.
struct RetentionArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Bytes of log that are kept although a snapshot holds what they say, for apus log export; older ones go.",
      valueName: "bytes"))
  var logRetentionBytes = LogRetention().bytes

  @Option(
    help: ArgumentHelp("Days after which they go in any case; by default there is no such limit.", valueName: "days"))
  var logRetentionDays: Double?

  private static let secondsPerDay = 86_400.0
  private static let longest = 36_500.0

  var retention: LogRetention {
    LogRetention(bytes: logRetentionBytes, seconds: logRetentionDays.map { Int64($0 * Self.secondsPerDay) })
  }

  func validate() throws {
    if logRetentionBytes < 0 { throw ValidationError("--log-retention-bytes \(logRetentionBytes) is below 0") }
    if let logRetentionDays, !(0...Self.longest).contains(logRetentionDays) {
      throw ValidationError("--log-retention-days \(logRetentionDays) is not in 0 to 36500")
    }
  }
}
