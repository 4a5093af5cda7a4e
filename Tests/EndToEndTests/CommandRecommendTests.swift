import Foundation
import Testing

/// What `apus recommend --json` prints.
struct RecommendOutput: Decodable {
  struct Item: Decodable {
    let rank: Int
    let tweet: String
    let text: String
    let score: Float
    let propensity: Float
  }
  let user: String
  let userKnown: Bool
  let requestID: String
  let modelVersion: String
  let policyVersion: String
  let source: String
  let computeReason: String
  let madeAt: Int64
  let candidates: Int
  let exploredPosition: Int
  let items: [Item]
}

/// `apus recommend` against a real server.
@Suite("apus recommend")
struct CommandRecommendTests {
  private let sample: SampleModel
  private let server: ServerProcess

  init() throws {
    sample = try SampleModel.shared()
    server = try ServerProcess(["--epsilon", "0", "--now", "model"])
  }

  @Test("JSON has a ranking, best first, that Rank agrees with, and says where it came from")
  func json() throws {
    let user = sample.userKeys[0]
    let output: RecommendOutput = try server.answer(["recommend", "--user", user, "--limit", "25"])
    #expect(output.items.map(\.rank) == Array(1...25) && Set(output.items.map(\.tweet)).count == 25)
    #expect(output.items.allSatisfy { !$0.text.isEmpty && $0.propensity == 1 })
    #expect(output.user == user && output.userKnown && output.candidates >= 25 && output.exploredPosition == 0)
    #expect(output.source == "computed" && output.computeReason == "no_store" && output.madeAt == 0)
    #expect(UInt64(output.requestID) ?? 0 != 0 && output.modelVersion.count == 16 && !output.policyVersion.isEmpty)
    let tweets = output.items.map(\.tweet)
    let ranked: RankOutput = try server.answer(
      ["rank", "--user", user, "--tweets", tweets.reversed().joined(separator: ",")])
    #expect(ranked.items.map(\.tweet) == tweets && ranked.items.map(\.score) == output.items.map(\.score))
  }

  @Test("the table has a row a tweet and says what was ranked; a stranger is told")
  func table() throws {
    let result = try server.ask(["recommend", "--user", "nobody we know", "--limit", "3"])
    #expect(result.status == 0 && result.stderr.isEmpty)
    let lines = result.stdout.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first?.split(separator: " ") == ["rank", "tweet", "text", "score", "propensity"])
    #expect(lines.dropFirst(2).prefix { !$0.isEmpty }.count == 3)
    #expect(result.stdout.contains("candidates, found by the server (no_store), for user nobody we know in "))
    #expect(result.stdout.contains("The model does not know this user"))
  }

  @Test("feedback can name the ranking")
  func feedback() throws {
    let output: RecommendOutput = try server.answer(["recommend", "--user", sample.userKeys[1]])
    let tweet = try #require(output.items.first).tweet
    let recorded: RecordOutput = try server.answer(
      ["record", "--user", sample.userKeys[1], "--tweet", tweet, "--event", "like", "--request", output.requestID])
    #expect(recorded.recorded == 1)
  }

  @Test("arguments that ask for nothing are refused")
  func refusals() throws {
    #expect(try server.ask(["recommend", "--user", ""]).status == 64)
    #expect(try server.ask(["recommend"]).status == 64)
    expectRefusal(
      try server.ask(["recommend", "--user", "u", "--limit", "1001"]), status: 65, "limit 1001 is over 1000")
  }
}
