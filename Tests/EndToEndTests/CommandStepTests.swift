import Foundation
import Testing

/// What `apus serve` is told of author diversity, the network and engagement types, seen from outside.
@Suite("Steps of a server")
struct CommandStepTests {
  private let sample: SampleModel

  init() throws { sample = try SampleModel.shared() }

  private var tweets: String { sample.tweetKeys.prefix(300).joined(separator: ",") }

  @Test("each is a column, scores add up, and the policy's version says them")
  func columns() throws {
    try withServer([
      "--epsilon", "0", "--author-penalty", "0.5", "--out-of-network", "-0.25", "--weights", "like=1,other=-3",
    ]) { server in
      let ranking: RankOutput = try server.answer(["rank", "--user", sample.userKeys[0], "--tweets", tweets])
      #expect(ranking.signals.suffix(4) == ["engagement_value", "out_of_network", "bandit", "author_diversity"])
      let columns = ranking.signals.count
      for item in ranking.items {
        #expect(item.contributions.dropFirst().reduce(item.contributions[0], +) == item.score)
        #expect(item.contributions[columns - 1] == -0.5 * item.values[columns - 1])
      }
      #expect(ranking.items.contains { $0.contributions[columns - 1] < 0 }, "no author twice")
      #expect(ranking.items.contains { $0.contributions[columns - 3] == -0.25 }, "nobody is a stranger")
      // In this world the type is drawn by lot, so that every tweet is worth the same: less than an even engagement.
      let worths = Set(ranking.items.map { $0.contributions[columns - 4] })
      #expect(worths.count == 1 && worths.allSatisfy { $0 < 0 })
      let table = try server.ask(["describe"]).stdout
      for part in ["author-penalty=0.5", "out-of-network=-0.25", "weights=like:1.0+other:-3.0"] {
        #expect(table.contains(part), "\(table)")
      }
    }
  }

  @Test("what makes no sense is refused before anything is served, with the offending value")
  func refusals() throws {
    let folder = try TemporaryFolder()
    func serve(_ arguments: String...) throws -> CommandResult {
      try runCommand(
        ["serve", "--model", sample.modelPath, "--listen", "127.0.0.1:0", "--state", folder.file("s")] + arguments)
    }
    expectRefusal(try serve("--weights", "lick=2"), status: 64, "lick", "like")
    expectRefusal(try serve("--author-penalty", "-1"), status: 64, "author-penalty -1.0")
    expectRefusal(try serve("--out-of-network", "1000"), status: 64, "out-of-network 1000.0")
    expectRefusal(try serve("--weights", "like=5000"), status: 64, "like", "5000")
    for (text, part) in [("like", "like"), ("like=x", "like=x"), ("like=1,like=2", "twice"), ("like=nan", "nan")] {
      let result = try serve("--weights", text)
      #expect(result.status == 64 && result.stderr.contains(part), "\(result)")
    }
  }
}
