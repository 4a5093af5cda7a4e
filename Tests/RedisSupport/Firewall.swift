/// Drops what is sent to a loopback port, silently, until lifted; needs iptables and the right to use it.
package final class Firewall {
  private let rule: [String]
  private var isLifted = false

  /// Whether rules can be set here.
  package static var isPermitted: Bool { run(["-n", "-L", "OUTPUT"]) }

  /// Begins to drop, everything or each packet with a probability.
  package init(droppingTo port: UInt16, probability: Double = 1) throws {
    let chance = probability < 1 ? ["-m", "statistic", "--mode", "random", "--probability", "\(probability)"] : []
    rule = ["OUTPUT", "-o", "lo", "-p", "tcp", "--dport", String(port)] + chance + ["-j", "DROP"]
    guard Self.run(["-A"] + rule) else { throw RedisServer.Failure(description: "iptables refused a rule") }
  }

  deinit { lift() }

  /// Lets everything pass again. Idempotent.
  package func lift() {
    guard !isLifted else { return }
    isLifted = true
    _ = Self.run(["-D"] + rule)
  }

  private static func run(_ arguments: [String]) -> Bool { Program.run(["iptables", "-w"] + arguments) }
}
