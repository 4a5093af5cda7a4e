import Artifact
import Foundation
import Testing

/// Keys that are no numbers travel as hashes and come back as they were logged.
@Suite("Keys as people know them")
struct CommandNamesTests {
  private let folder: TemporaryFolder
  private let server: ServerProcess
  private static let posts = ["post_a", "post_b", "post_c", "post_d", "post\u{1B}[31m_é", "42", "007", "0"]

  /// A world of eight posts about bread by two authors; each has been read by one more person than the one after it.
  init() throws {
    folder = try TemporaryFolder()
    let posts = Self.posts
    let tweets = posts.enumerated().map { "\($1),Bread number \($0) from the oven,author_\($0 % 2),1699990000" }
    try write(
      Array((["tweet_id,text,author_id,created_at"] + tweets).joined(separator: "\n").utf8),
      to: folder.file("tweets.csv"))
    let engagements = posts.indices.flatMap { post in
      (0..<posts.count - post).map { "reader_\($0),\(posts[post]),1,1700000000" }
    }
    try write(
      Array((["user_id,tweet_id,engagement_score,timestamp"] + engagements).joined(separator: "\n").utf8),
      to: folder.file("user_engagements.csv"))
    let model = folder.file("model")
    let trained = try runCommand(
      ["train", "--data", folder.path, "--out", model, "--factors", "4", "--epochs", "2", "--threads", "1"])
    #expect(trained.status == 0, "\(trained.stderr)")
    server = try ServerProcess(["--epsilon", "0"], model: model)
  }

  @Test("top shows keys as logged, in the table and as JSON")
  func top() throws {
    let output: TweetsOutput = try server.answer(["top", "--by", "popularity"])
    #expect(output.items.map(\.tweet) == Self.posts)
    let table = try server.ask(["top", "--by", "popularity"]).stdout
    let shown = table.split(separator: "\n").dropFirst(2).prefix(Self.posts.count)
    let visible = Self.posts.map { $0.replacingOccurrences(of: "\u{1B}", with: "") }
    #expect(shown.map { String($0.split(separator: " ")[1]) } == visible, "no escape reaches people")
  }

  @Test("similar shows keys as logged, in the table and as JSON")
  func similar() throws {
    let output: TweetsOutput = try server.answer(["similar", "--tweet", "post_b"])
    #expect(Set(output.items.map(\.tweet)) == Set(Self.posts).subtracting(["post_b"]))
    // A text alone is compared with all tweets, also with the one whose id is 0, which is what a message without a
    // tweet says. Asked for by itself that tweet is found.
    let byText: TweetsOutput = try server.answer(["similar", "--text", "bread from the oven"])
    #expect(Set(byText.items.map(\.tweet)) == Set(Self.posts))
    let zero: TweetsOutput = try server.answer(["similar", "--tweet", "0"])
    #expect(Set(zero.items.map(\.tweet)) == Set(Self.posts).subtracting(["0"]))
    let table = try server.ask(["similar", "--tweet", "post_b"]).stdout
    #expect(table.contains("  post_a  ") && table.contains("  42  ") && !table.contains("post_b"), "\(table)")
  }

  @Test("inspect shows the key behind an id")
  func inspect() throws {
    // XXH64 of reader_0, as a log or a network trace has it.
    let key = String(EntityID.of("reader_0"))
    let result = try runCommand(["inspect", folder.file("model"), "--user", key])
    #expect(result.status == 0 && result.stdout.hasPrefix("User reader_0: 8 engagements."), "\(result)")
  }
}
