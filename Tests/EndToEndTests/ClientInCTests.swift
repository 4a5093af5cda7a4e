import Foundation
import Testing

/// The C client as its users get it: built by its Makefile with the system's compiler, in a folder of its own.
@Suite("The C client against a real server")
struct ClientInCTests {
  private let folder: TemporaryFolder
  private let server: ServerProcess
  private var client: String { folder.file("clients/c") }

  init() throws {
    folder = try TemporaryFolder()
    server = try ServerProcess(["--epsilon", "0"])
    let files = FileManager.default
    try files.createDirectory(atPath: client, withIntermediateDirectories: true)
    try files.createDirectory(atPath: folder.file("Sources"), withIntermediateDirectories: true)
    for name in try files.contentsOfDirectory(atPath: Repository.root + "/clients/c") where name != "build" {
      try files.copyItem(atPath: "\(Repository.root)/clients/c/\(name)", toPath: "\(client)/\(name)")
    }
    try files.copyItem(
      atPath: Repository.root + "/Sources/RankingProto", toPath: folder.file("Sources/RankingProto"))
  }

  private func run(_ arguments: [String], seconds: Double = 120) throws -> CommandResult {
    let child = try ChildProcess("/usr/bin/env", arguments, folder: client)
    let status = try child.wait(seconds: seconds)
    return (status, child.standardOutput, child.standardError)
  }

  @Test("The example, built with plain cc, ranks 500 candidates and prints the best ten")
  func example() throws {
    let made = try run(["make", "CC=cc", "build/example"])
    #expect(made.status == 0, "\(made.stderr)")
    let result = try run(["build/example", server.address])
    #expect(result.status == 0, "\(result.stderr)")
    let lines = result.stdout.split(separator: "\n")
    #expect(lines.count == 12, "a header, ten rows, a summary: \(result.stdout)")
    #expect(lines.first?.split(separator: " ") == ["rank", "tweet", "score", "propensity", "model"])
    #expect(lines.dropFirst().prefix(10).enumerated().allSatisfy { $1.hasPrefix("   \($0 + 1)  ") || $0 == 9 })
    #expect(lines.last?.hasPrefix("500 tweets ranked") == true)
    let sample = try SampleModel.shared()
    let known = try run(["build/example", server.address, sample.userKeys[0]] + sample.tweetKeys.prefix(3))
    #expect(known.status == 0 && known.stdout.contains("3 tweets ranked for a user that the model knows"))
    #expect(known.stdout.split(separator: "\n").filter { $0.hasSuffix("  known") }.count == 3)
  }

  @Test("Every call of the client gives what its header promises")
  func calls() throws {
    let sample = try SampleModel.shared()
    let top: TweetsOutput = try server.answer(["top", "--limit", "8"])
    let keys = [sample.userKeys[0]] + top.items.map(\.tweet)
    let result = try run(["make", "test-server", "SERVER=\(server.address)", "KEYS=\(keys.joined(separator: " "))"])
    #expect(result.status == 0, "\(result.stderr)")
    #expect(result.stdout.contains("checks passed"))
  }

  @Test("The library installs, and a program finds it by pkg-config")
  func install() throws {
    let installed = try run(["make", "install", "PREFIX=\(folder.file("prefix"))"])
    #expect(installed.status == 0, "\(installed.stderr)")
    let line = """
      export PKG_CONFIG_PATH='\(folder.file("prefix/lib/pkgconfig"))'
      cc example.c -o example $(pkg-config --cflags --libs apus) \
        && LD_LIBRARY_PATH='\(folder.file("prefix/lib"))' ./example '\(server.address)'
      """
    let result = try run(["sh", "-c", line])
    #expect(result.status == 0 && result.stdout.contains("500 tweets ranked"), "\(result.stderr)")
  }
}
