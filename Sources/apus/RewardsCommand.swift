import ApusClient
import ArgumentParser
import Foundation

/// `apus rewards`: what events are worth to a server, and setting it.
struct RewardsCommand: ParsableCommand {
  /// What is in force, for `--json`.
  struct Rewards: Encodable {
    let rewards: [String: Double]
    let setAt: Int64
    let serverMicros: UInt32
  }

  static let configuration = CommandConfiguration(
    commandName: "rewards", abstract: "Show or set what events are worth; returns when it is durable.",
    discussion: """
      An event adds the weight of its type to its tweet's reward, by which the bandit raises and lowers scores. A
      change holds for the events of the past too, at once and after every restart. Weights are from -10 to 10; those that
      are not named stay.

      Examples:
        apus rewards
        apus rewards like=0.4 hide=-1
        apus rewards reply=2 report=-10 --json
      """)

  @Argument(
    help: ArgumentHelp(
      "What to set, of: \(Self.settable.map(\.rawValue).joined(separator: ", ")). Nothing: only show.",
      valueName: "type=weight"))
  var changes: [String] = []

  @OptionGroup var server: ConnectionOptions

  /// An impression is a trial and no reward.
  private static var settable: [RecordCommand.Event] { RecordCommand.Event.allCases.filter { $0 != .impression } }

  func validate() throws { _ = try rows() }

  func run() throws {
    let reply = try server.connect().setRewards(rows())
    guard let rewards = reply.pointer.pointee.rewards?.pointee else {
      throw Failure.software.exit("the reply does not say what events are worth")
    }
    let rows = (0..<rewards.count).map {
      (name: EventNames.name(of: rewards.rewards[$0].type.rawValue), row: rewards.rewards[$0])
    }
    if server.json {
      try JSONOutput.print(
        Rewards(
          rewards: Dictionary(rows.map { ($0.name, $0.row.weight) }) { first, _ in first }, setAt: rewards.set_at,
          serverMicros: reply.serverMicros))
    } else {
      var table = TextTable([("event", .left), ("worth", .right)])
      for (name, row) in rows where row.type != APUS_EVENT_IMPRESSION { table.add([name, "\(row.weight)"]) }
      print(table.render())
      let time = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: TimeInterval(rewards.set_at)))
      print("\n" + (rewards.set_at == 0 ? "These are the defaults." : "Set at \(time)."))
    }
  }

  private func rows() throws -> [apus_reward] {
    try changes.map { change in
      let sides = change.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2, let weight = Double(sides[1]) else {
        throw ValidationError("\(change) is not type=weight, such as like=0.4")
      }
      guard let type = Self.settable.first(where: { $0.rawValue == sides[0] }) else {
        let known = Self.settable.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("\(sides[0]) is none of \(known)")
      }
      return apus_reward(type: type.raw, weight: weight)
    }
  }
}
