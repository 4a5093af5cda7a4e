import ArgumentParser

struct ConnectionOptions: ParsableArguments {
  @Option(help: "The server: host:port, or unix:/path.")
  var address = "127.0.0.1:7411"

  @Option(help: "Connections, over all processes (default: 1; for --replay, as many as were recorded).")
  var connections: Int?

  @Option(
    help: "Calls in flight on each connection, at most (default: 1; in an open loop, what the server takes at once).")
  var inFlight: Int?

  @Option(help: "Threads of each process; connections are dealt to them.")
  var threads = 1

  @Option(help: "Processes; connections and arrivals are dealt to them, and what they measured is added up.")
  var processes = 1

  func validate() throws {
    try require(connections.map { (1...10_000).contains($0) } ?? true, "--connections is not between 1 and 10000")
    try require(inFlight.map { (1...10_000).contains($0) } ?? true, "--in-flight is not between 1 and 10000")
    try require((1...256).contains(threads), "--threads \(threads) is not between 1 and 256")
    try require((1...64).contains(processes), "--processes \(processes) is not between 1 and 64")
  }
}

/// Refuses options that make no sense, in words.
func require(_ holds: Bool, _ message: String) throws {
  if !holds { throw ValidationError(message) }
}

/// What a reading of an option's value says, as the command line says it.
func validating(_ read: () throws(LoadError) -> Void) throws {
  do throws(LoadError) { try read() } catch { throw ValidationError(error.description) }
}
