import ArgumentParser

struct HostileOptions: ParsableArguments {
  @Option(help: "Connections that ask for long answers and read almost nothing.")
  var slowReaders = 0

  @Option(help: "Connections that send a call byte by byte.")
  var tricklers = 0

  @Option(help: "Connections that send random bytes.")
  var garbage = 0

  @Option(help: "Connections that send pings as fast as they are taken.")
  var pingFloods = 0

  func validate() throws {
    for (name, count) in [
      ("slow-readers", slowReaders), ("tricklers", tricklers), ("garbage", garbage), ("ping-floods", pingFloods),
    ] {
      try require((0...10_000).contains(count), "--\(name) \(count) is not between 0 and 10000")
    }
  }

  func plan() -> HostilePlan {
    HostilePlan(slowReaders: slowReaders, tricklers: tricklers, garbage: garbage, pingFloods: pingFloods)
  }
}
