import Artifact
import Kernels
import Ranking

@testable import Training

/// A data folder that tests write, and the model trained from it.
struct SmallWorld {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// A handful of rows with every peculiarity: names and numbers, unlisted tweets, authors who never engage.
  static func handmade() throws -> SmallWorld {
    let world = try SmallWorld()
    try world.folder.write(
      "user_engagements.csv",
      """
      user_id,tweet_id,engagement_type,engagement_score,timestamp
      alice,100,like,1.0,1000
      7,100,like,0.5,1001
      alice,t-two,reply,0.5,1002
      7,999,like,0.25,1003
      alice,100,retweet,0.25,1004
      bob,quiet,like,0,1005
      """)
    try world.folder.write(
      "tweets.csv",
      """
      tweet_id,author_id,text,created_at
      t-two,carol,"swift birds, swift wings",900
      100,7,birds sing at dawn,1970-01-01T00:15:50Z
      50,,nothing like birds,
      quiet,dora,,960
      """)
    try world.folder.write("users.csv", "name,user_id\nErin,erin\nSeven,7\n")
    try world.folder.write(
      "user_graph.csv", "src_user_id,dst_user_id,kind,weight,timestamp\nalice,7,follow,,990\nbob,frank,follow,2,2000\n")
    return world
  }

  /// A seeded world of some hundreds of users and tweets.
  static func random(seed: UInt64) throws -> SmallWorld {
    let world = try SmallWorld()
    var generator = SeededGenerator(seed: seed)
    var engagements = "tweet_id,engagement_score,user_id\n"
    for _ in 0..<3000 {
      let tweet = min(generator.below(400), generator.below(400))
      engagements += "\(tweet * 31),\([0.6, 0.8, 1.0][generator.below(3)]),u\(generator.below(150))\n"
    }
    var tweets = "tweet_id,text,author_id\n"
    for tweet in 0..<300 {
      let words = (0..<generator.below(12)).map { _ in "word\(min(generator.below(90), generator.below(90)))" }
      tweets += "\(tweet * 31),\(words.joined(separator: " ")),a\(generator.below(40))\n"
    }
    var edges = "dst_user_id,src_user_id,weight\n"
    for _ in 0..<900 { edges += "u\(generator.below(150)),a\(generator.below(40)),\(generator.below(4))\n" }
    try world.folder.write("user_engagements.csv", engagements)
    try world.folder.write("tweets.csv", tweets)
    try world.folder.write("user_graph.csv", edges)
    return world
  }

  func options(threads: Int = 2) -> TrainingOptions {
    var options = TrainingOptions(dataFolder: folder.path, threads: threads, producer: "tests", recipe: .classic)
    options.factors = 12
    options.epochs = 5
    return options
  }

  func train(
    _ change: (inout TrainingOptions) -> Void = { _ in }, progress: TrainingProgress = SilentProgress()
  ) throws -> (TensorSet, TrainingReport) {
    var options = options()
    change(&options)
    return try Trainer.train(options, progress: progress)
  }
}
