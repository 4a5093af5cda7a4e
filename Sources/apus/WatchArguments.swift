import ArgumentParser
import Foundation
import Serving

/// What `serve` watches beside its calls.
struct WatchArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Memory that the server may have in RAM, such as 2GiB or 800MiB; the control group's limit counts too. At 85 % caches "
        + "are kept small, at 92 % new connections are refused, at 95 % rankings.", valueName: "bytes"))
  var memoryLimit: String?

  @Option(
    help: ArgumentHelp(
      "End the process, exit code 79, when a worker's loop has stood still for so long; for a supervisor that starts it "
        + "anew.", valueName: "seconds"))
  var watchdogExitSeconds: UInt64?

  func validate() throws {
    if let memoryLimit, Self.bytes(memoryLimit) == nil {
      throw ValidationError("--memory-limit \(memoryLimit) is not a number of bytes above 0, such as 800MiB or 2GiB")
    }
    if let watchdogExitSeconds, !(1...86_400).contains(watchdogExitSeconds) {
      throw ValidationError("--watchdog-exit-seconds \(watchdogExitSeconds) is not in 1 to 86400")
    }
  }

  /// For the server.
  func options(journal: Journal, notifier: SystemdNotifier?) -> WatchOptions {
    var options = WatchOptions()
    options.memoryLimitBytes = memoryLimit.flatMap { Self.bytes($0) }
    options.exitSeconds = watchdogExitSeconds
    (options.journal, options.notifier) = (journal, notifier)
    return options
  }

  /// A whole number of bytes, KiB, MiB, GiB or TiB, above 0.
  static func bytes(_ text: String) -> UInt64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let units = ["": 0, "B": 0, "KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40]
    guard let number = UInt64(digits), number > 0, let bits = units[String(text.dropFirst(digits.count))],
      number <= UInt64.max >> UInt64(bits)
    else { return nil }
    return number << UInt64(bits)
  }
}
