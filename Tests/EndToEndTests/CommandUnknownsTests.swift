import Foundation
import Testing

/// Users, tweets and texts that the model has never seen, and the two kinds of keys.
@Suite("What the model does not know is ranked too")
struct CommandUnknownsTests {
  private let sample: SampleModel
  private let server: ServerProcess

  init() throws {
    sample = try SampleModel.shared()
    server = try ServerProcess(["--epsilon", "0"])
  }

  @Test("Known, unknown and new tweets come back, each with its familiarity")
  func familiarity() throws {
    let known = sample.tweetKeys[0]
    let arguments = [
      "rank", "--user", sample.userKeys[0], "--tweets", "\(known),tweet nobody knows", "--new", "77=roast carrots",
      "--new", "-x=a=b",
    ]
    let ranking: RankOutput = try server.answer(arguments)
    #expect(ranking.items.count == 4 && ranking.userKnown)
    #expect(try ranking.item(known).familiarity == "known")
    #expect(try ranking.item("tweet nobody knows").familiarity == "unknown")
    #expect(try ranking.item("tweet nobody knows").text == "")
    #expect(try ranking.item("77").familiarity == "text" && ranking.item("77").text == "roast carrots")
    #expect(try ranking.item("-x").text == "a=b", "the first = ends the id, which may begin with a dash")
    let table = try server.ask(arguments).stdout
    let rows = table.split(separator: "\n")
    #expect(rows.first?.hasSuffix("propensity  model") == true)
    #expect(rows.contains { $0.contains(" 77 ") && $0.hasSuffix("by text") })
    #expect(rows.contains { $0.contains("tweet nobody knows") && $0.contains("(no text)") && $0.hasSuffix("unknown") })
  }

  @Test("A new tweet with the text of a known one gets the known one's interests")
  func textCounts() throws {
    let top: TweetsOutput = try server.answer(["top", "--limit", "40"])
    var differing = 0
    for (user, tweet) in zip(sample.userKeys, top.items) {
      let ranking: RankOutput = try server.answer(
        ["rank", "--user", user, "--tweets", tweet.tweet, "--new", "1=\(tweet.text)", "--new", "2=qqqqzzzz"])
      let column = try #require(ranking.signals.firstIndex(of: "interests"))
      let (known, copy) = (try ranking.item(tweet.tweet).values[column], try ranking.item("1").values[column])
      #expect(abs(known - copy) < 1e-5)
      if try ranking.item("2").values[column] != copy { differing += 1 }
    }
    #expect(differing > 0, "no text made any difference")
  }

  @Test("An unknown user gets an order and is told so")
  func unknownUser() throws {
    let tweets = sample.tweetKeys.prefix(10).joined(separator: ",")
    let ranking: RankOutput = try server.answer(["rank", "--user", "a new user", "--tweets", tweets])
    #expect(!ranking.userKnown && ranking.items.count == 10 && ranking.items.allSatisfy { $0.score.isFinite })
    let table = try server.ask(["rank", "--user", "a new user", "--tweets", tweets])
    #expect(table.stdout.contains("The model does not know this user"))
  }

  @Test("A decimal key is its own value, any other key is hashed; blanks around keys do not count")
  func keys() throws {
    let tweet = sample.tweetKeys[2]
    let spaced: RankOutput = try server.answer(["rank", "--user", "user_17", "--tweets", " \(tweet) , 007,, 7"])
    #expect(Set(spaced.items.map(\.tweet)) == [tweet, "007", "7"])
    #expect(spaced.userKnown, "user_17 is in the world")
    #expect(try spaced.item(tweet).familiarity == "known" && spaced.item("007").familiarity == "unknown")
    let hashed: RankOutput = try server.answer(["rank", "--user", "USER_17", "--tweets", tweet])
    #expect(!hashed.userKnown, "keys are compared as they are written")
  }
}
