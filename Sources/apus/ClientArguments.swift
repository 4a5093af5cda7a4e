import ArgumentParser
import Serving

/// Where a server listens, who may connect, and how many.
struct ClientArguments: ParsableArguments {
  private static let unixPrefix = "unix:"

  @Option(
    help: ArgumentHelp(
      "Address to listen on, host:port or unix:/path; port 0 takes any free one. Given again: another one.",
      valueName: "address"))
  var listen = ["127.0.0.1:7411"]

  @Option(
    help: ArgumentHelp(
      "File of tokens, one a line, of 16 bytes or more, one of which clients at host:port must show. Read again when it "
        + "changes.", valueName: "file"))
  var tokenFile: String?

  @Option(
    help: ArgumentHelp(
      "User that may connect to unix:/path beside the server's own. Given again: another one.", valueName: "uid"))
  var allowUid: [UInt32] = []

  @Option(help: "Connections at once.")
  var connections = 8_000

  @Option(help: "Connections at once of one client: an IPv4 address, a 64-bit prefix of IPv6, a local user.")
  var connectionsPerAddress = 256

  func validate() throws {
    for address in listen where !address.hasPrefix(Self.unixPrefix) {
      let port = address.split(separator: ":", omittingEmptySubsequences: false).dropFirst().last
      guard port.flatMap({ UInt16($0) }) != nil else {
        throw ValidationError("--listen \(address) is not host:port, such as 127.0.0.1:7411, nor unix:/path")
      }
    }
    let unix = listen.filter { $0.hasPrefix(Self.unixPrefix) }
    // What would guard nothing must not look as if it did.
    if tokenFile != nil, unix.count == listen.count {
      throw ValidationError("--token-file is for clients at host:port, and --listen names none")
    }
    if !allowUid.isEmpty, unix.isEmpty {
      throw ValidationError("--allow-uid is for clients at unix:/path, and --listen names none")
    }
    guard (1...1_000_000).contains(connections) else {
      throw ValidationError("--connections \(connections) is not in 1 to 1000000")
    }
    guard (1...1_000_000).contains(connectionsPerAddress) else {
      throw ValidationError("--connections-per-address \(connectionsPerAddress) is not in 1 to 1000000")
    }
  }

  func apply(to options: inout ServerOptions) {
    options.otherAddresses = Array(listen.dropFirst())
    options.tokenPath = tokenFile
    options.allowedUsers = allowUid
    options.limits.connections = connections
    options.limits.connectionsPerAddress = connectionsPerAddress
  }
}
