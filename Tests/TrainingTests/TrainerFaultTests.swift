import Artifact
import Ranking
import Testing

@testable import Training

private func refusal(_ world: SmallWorld, _ change: (inout TrainingOptions) -> Void = { _ in }) -> String {
  do {
    _ = try world.train(change)
    return "accepted"
  } catch {
    return "\(error)"
  }
}

@Suite("Training refuses")
struct TrainerFaultTests {
  @Test(
    "each faulty file, naming file, line and reason",
    arguments: [
      (
        "user_engagements.csv", "user_id,tweet_id,engagement_score\na,1,one\n",
        "user_engagements.csv:2: engagement_score: not a finite number: \"one\""
      ),
      (
        "user_engagements.csv", "user_id,tweet_id,engagement_score\n\na,1\n",
        "user_engagements.csv:3: 2 fields where the header has 3"
      ),
      (
        "user_engagements.csv", "user_id,tweet_id\na,1\n",
        "user_engagements.csv:1: required column \"engagement_score\" is missing; the header has: user_id, tweet_id"
      ),
      (
        "user_engagements.csv", "user_id,tweet_id,engagement_score,timestamp\na,1,1,noon\n",
        "user_engagements.csv:2: timestamp: not a time in Unix seconds or as 2016-04-15T19:44:57Z: \"noon\""
      ),
      ("user_engagements.csv", "", "user_engagements.csv: the file is empty; a header line was expected"),
      (
        "user_engagements.csv", "user_id,tweet_id,engagement_score\n",
        "user_engagements.csv: no usable row"
      ),
      ("tweets.csv", "", "tweets.csv: the file is empty; a header line was expected"),
      ("tweets.csv", "tweet_id,text\n", "tweets.csv: no usable row"),
      (
        "tweets.csv", "tweet_id,text\n1,a\n2,\"b\nb\"\n3,c\n2,d\n",
        "tweets.csv:6: tweet_id: the tweet id was already given on line 3: \"2\""
      ),
      ("tweets.csv", "tweet_id,text\n1,\"a\n2,b\n", "tweets.csv:2: the quote opened in this row is never closed"),
      ("users.csv", "name\nErin\n", "users.csv:1: required column \"user_id\" is missing; the header has: name"),
      (
        "user_graph.csv", "src_user_id,dst_user_id,weight\na,b,1\na,,1\n",
        "user_graph.csv:3: dst_user_id: the id is empty"
      ),
      (
        "user_graph.csv", "src_user_id,dst_user_id,weight,src_user_id\na,b,1,a\n",
        "user_graph.csv:1: column \"src_user_id\" appears twice in the header"
      ),
    ])
  func faultyFile(name: String, text: String, message: String) throws {
    let world = try SmallWorld.handmade()
    try world.folder.write(name, text)
    #expect(refusal(world) == message)
  }

  @Test("a folder without the required files")
  func missingFile() throws {
    let world = try SmallWorld()
    #expect(refusal(world) == "\(world.folder.path)/user_engagements.csv: no such file")
    try world.folder.write("user_engagements.csv", "user_id,tweet_id,engagement_score\na,1,1\n")
    #expect(refusal(world) == "\(world.folder.path)/tweets.csv: no such file")
  }

  @Test("options out of range, by name")
  func badOptions() throws {
    let world = try SmallWorld.handmade()
    #expect(refusal(world) { $0.factors = 0 } == "option factors = 0: must be 1…1024")
    #expect(refusal(world) { $0.epochs = -1 } == "option epochs = -1: must be 0…10000")
    #expect(refusal(world) { $0.learningRate = .nan } == "option learningRate = nan: must be positive")
    #expect(refusal(world) { $0.regularization = -1 } == "option regularization = -1.0: must be at least 0")
    #expect(refusal(world) { $0.text.maxFeatures = 0 } == "option maxFeatures = 0: must be at least 1")
    #expect(refusal(world) { $0.neighbours = 1001 } == "option neighbours = 1001: must be 0…1000")
    #expect(refusal(world) { $0.minSupport = 0 } == "option minSupport = 0: must be at least 1")
    #expect(refusal(world) { $0.threads = 0 } == "option threads = 0: must be 1…1024")
    #expect(refusal(world) { $0.damping = 1 } == "option damping = 1.0: must be at least 0 and less than 1")
  }

  @Test("factors that diverge, naming the learning rate", arguments: Precision.allCases)
  func divergence(precision: Precision) throws {
    let world = try SmallWorld.random(seed: 4)
    let message = refusal(world) { options in
      options.learningRate = 40
      options.epochs = 50
      options.precision = precision
    }
    #expect(message.hasSuffix("with learning rate 40.0; choose a smaller one"), "\(message)")
    let beyond = refusal(world) { ($0.learningRate, $0.precision) = (1000, precision) }
    #expect(
      precision == .float
        ? beyond == "option learningRate = 1000.0: times regularization 0.02 must be below 1"
        : beyond.hasSuffix("with learning rate 1000.0; choose a smaller one"), "\(beyond)")
  }

  @Test("scores that are no finite number", arguments: ["nan", "NaN", "inf", "-Infinity", "1e999"])
  func scoresThatAreNoNumbers(score: String) throws {
    let world = try SmallWorld.handmade()
    try world.folder.write("user_engagements.csv", "user_id,tweet_id,engagement_score\na,1,1\nb,2,\(score)\n")
    #expect(refusal(world) == "user_engagements.csv:3: engagement_score: not a finite number: \"\(score)\"")
  }

  @Test("scores and weights whose sum cannot be divided by, naming file and user")
  func sumsThatCannotBeDividedBy() throws {
    let world = try SmallWorld.handmade()
    let header = "user_id,tweet_id,engagement_score\n"
    try world.folder.write("user_engagements.csv", header + "alice,100,5e-324\n7,100,1\n")
    #expect(
      refusal(world) == "user_engagements.csv: user \"alice\": "
        + "the weights that leave node 3 sum to 5e-324, too little to divide by")
    try world.folder.write("user_engagements.csv", header + "alice,100,1\n7,100,0.5\n")
    try world.folder.write("user_graph.csv", "src_user_id,dst_user_id,weight\nalice,7,1\n7,alice,1e-320\n")
    #expect(refusal(world).hasPrefix("user_graph.csv: user \"7\": the weights that leave node 0 sum to 1e-320, "))
    // Where all weights are equal only their number counts.
    try world.folder.write("user_graph.csv", "src_user_id,dst_user_id,weight\nalice,7,1e-320\n7,alice,1e-320\n")
    #expect(refusal(world) == "accepted")
  }

  @Test("nothing when bad rows are skipped: they are counted, and the good rows around them train")
  func skipping() throws {
    let world = try SmallWorld.handmade()
    try world.folder.write(
      "user_engagements.csv", "user_id,tweet_id,engagement_score\na,100,1\na,100,x\n,100,1\nb,50,0.5\n")
    try world.folder.write("tweets.csv", "tweet_id,text\n100,first birds\n100,second\n50,more birds\n")
    #expect(refusal(world) == "user_engagements.csv:3: engagement_score: not a finite number: \"x\"")
    let (model, report) = try world.train { $0.skipsBadRows = true }
    #expect(report.files.map(\.rowsRead) == [2, 2, 2, 2])
    #expect(report.files.map(\.rowsSkipped) == [2, 1, 0, 0])
    #expect(
      report.files[1].firstFaults == ["tweets.csv:3: tweet_id: the tweet id was already given on line 2: \"100\""])
    let texts = try model.strings(ModelSchema.Tensor.tweetText, count: 2)
    #expect([texts.string(0), texts.string(1)] == ["more birds", "first birds"])
    #expect(report.description.contains("user_engagements.csv:4: user_id: the id is empty"))
  }

  @Test("nothing when users.csv and user_graph.csv are empty or absent, and then users rank evenly")
  func optionalFiles() throws {
    let world = try SmallWorld()
    try world.folder.write("user_engagements.csv", "user_id,tweet_id,engagement_score\na,1,1\nb,1,-1\n")
    try world.folder.write("tweets.csv", "tweet_id,text\n1,birds\n")
    for graph in [nil, "", "src_user_id,dst_user_id\n"] {
      if let graph { try world.folder.write("user_graph.csv", graph) }
      let (model, report) = try world.train()
      let ranks = try model.column(ModelSchema.Tensor.userPageRank, of: Double.self, shape: [2])
      #expect(Array(ranks) == [0.5, 0.5])
      #expect(report.userGraph.edges == 0)
      #expect(report.engagementGraph.edges == 1)
    }
  }

  @Test("no texts are stored when they are not to be kept, and everything else is the same")
  func withoutTexts() throws {
    let world = try SmallWorld.handmade()
    let (with, _) = try world.train()
    let (without, report) = try world.train { $0.keepsTexts = false }
    let texts = try without.strings(ModelSchema.Tensor.tweetText, count: report.tweets)
    #expect((0..<report.tweets).allSatisfy { texts[$0].isEmpty })
    for name in with.names where !name.hasPrefix(ModelSchema.Tensor.tweetText) {
      let (a, b) = (try #require(with.tensor(name)), try #require(without.tensor(name)))
      #expect(a.bytes.elementsEqual(b.bytes), "\(name)")
    }
  }
}
