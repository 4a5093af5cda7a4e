import ServerSupport
import Testing

@Suite("The harness")
struct WireHarnessTests {
  @Test("a server starts on the sample model, answers Describe and Rank, and ends with 0")
  func aServerServes() throws {
    let sample = try SampleModel.shared()
    #expect(sample.tweets.count == 1_000)
    #expect(sample.users.count > 150)
    let server = try ServerProcess()
    let client = try RawClient(port: server.port)
    guard case .description(let about) = try client.ask(.describe(1)).result else {
      throw TestFailure("no description")
    }
    #expect(about.tweets == 1_000 && about.users == 200 && about.workers == 1)
    let answer = try client.ask(.rank(2, user: sample.users[0], Array(sample.tweets.prefix(50)))).ranking
    #expect(answer.tweets.sorted() == sample.tweets.prefix(50).sorted())
    #expect(answer.isUserKnown)
    #expect(server.residentBytes > 1 << 20 && server.processorSeconds > 0)
    #expect(try server.stop() == 0)
  }

  @Test("a command's exit code and both of its outputs are seen")
  func commandsAreRun() throws {
    let help = try runCommand(["--help"])
    #expect(help.status == 0 && help.stdout.contains("serve"))
    let wrong = try runCommand(["serve", "--model", "/nowhere/model"])
    #expect(wrong.status != 0 && wrong.stderr.contains("/nowhere/model"))
    let load = try runCommand(["--help"], executable: "apus-load")
    #expect(load.status == 0)
  }
}
