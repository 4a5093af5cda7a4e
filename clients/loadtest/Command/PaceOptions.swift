import ArgumentParser

struct PaceOptions: ParsableArguments {
  @Option(help: "Open loop: calls a second over all connections, or a multiple of the saturation such as 3x.")
  var rate: String?

  @Option(
    help: ArgumentHelp(
      "Open loop whose rate changes: DURATION@RATE or DURATION@RATE..RATE, one after the other; [CLASS=] makes it one of calls "
        + "of that class. May be given several times, for calls beside each other.", valueName: "profile"))
  var profile: [String] = []

  @Flag(help: "Calls of an open loop arrive at random times (a Poisson process) instead of at equal distances.")
  var poisson = false

  @Option(help: "Seconds to measure; a profile and a recording have their own.")
  var duration = 10.0

  @Option(help: "Seconds to run before measuring, at the profile's first rate.")
  var warmup = 1.0

  @Flag(help: "First find the saturation, in a closed loop; done anyway where a rate is a multiple of it.")
  var saturate = false

  @Option(help: "Seconds of that.")
  var saturateSeconds = 5.0

  @Option(help: "The saturation in calls a second, where it is known.")
  var saturation: Double?

  @Option(help: ArgumentHelp("Send the calls of this recording, at their times.", valueName: "file"))
  var replay: String?

  @Option(help: "How much faster than it was recorded.")
  var speed = 1.0

  func validate() throws {
    try require((0.001...86_400).contains(duration), "--duration \(duration) is not between 0.001 and 86400")
    try require((0...3600).contains(warmup), "--warmup \(warmup) is not between 0 and 3600")
    try require((0.1...3600).contains(saturateSeconds), "--saturate-seconds is not between 0.1 and 3600")
    try require(
      saturation.map { (0.01...10_000_000).contains($0) } ?? true, "--saturation is not between 0.01 and 10000000")
    try require((0.001...1000).contains(speed), "--speed \(speed) is not between 0.001 and 1000")
    let paces = [rate != nil, !profile.isEmpty, replay != nil].count { $0 }
    try require(paces <= 1, "--rate, --profile and --replay exclude each other")
    try validating { () throws(LoadError) in _ = try streams() }
  }

  /// The streams of an open loop; none: a closed loop, or a replay.
  func streams() throws(LoadError) -> [CallStream] {
    if let rate {
      guard let value = Profile.rate(rate), value.value > 0 else {
        throw .option("--rate '\(rate)' is not a number of calls a second above 0 and up to 10000000, nor such as 3x")
      }
      return [CallStream(profile: Profile(rate: value, seconds: duration))]
    }
    var streams: [CallStream] = []
    for text in profile { streams.append(try CallStream(text)) }
    return streams
  }
}
