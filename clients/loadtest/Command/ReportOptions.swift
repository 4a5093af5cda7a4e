import ArgumentParser

struct ReportOptions: ParsableArguments {
  @Flag(help: "Print the report as JSON, with the time line.")
  var json = false

  @Flag(help: "Draw latency over time, in characters.")
  var plot = false

  @Option(help: "Milliseconds of a bin of the time line.")
  var binMillis = 100

  @Option(
    name: .customLong("fail-if"),
    help: ArgumentHelp(
      "Exit with 2 where this holds of the report. METRIC is \(FailCondition.names).", valueName: "condition"))
  var failIf: [String] = []

  @Option(help: ArgumentHelp("Write what is sent, with its times.", valueName: "file"))
  var record: String?

  @Option(
    help: ArgumentHelp(
      "With --record: send nothing, but pass on what others send to this address, for --duration seconds or until SIGINT.",
      valueName: "host:port"))
  var proxyListen: String?

  func validate() throws {
    try require((1...60_000).contains(binMillis), "--bin-millis \(binMillis) is not between 1 and 60000")
    try require(proxyListen == nil || record != nil, "--proxy-listen needs --record")
    try validating { () throws(LoadError) in _ = try conditions() }
  }

  func conditions() throws(LoadError) -> [FailCondition] {
    var conditions: [FailCondition] = []
    for text in failIf { conditions.append(try FailCondition(text)) }
    return conditions
  }
}
