import ServerSupport
import Artifact
import Foundation
import Ranking
import Training

@testable import Serving

/// A tiny artificial world and the model trained on it, once per run of the tests.
struct TestWorld: Sendable {
  /// The model file.
  let path: String
  /// The same, loaded.
  let model: Model
  /// Another model of the same world, and its file.
  let otherPath: String
  let other: Model
  let users: [UInt64]
  let tweets: [UInt64]
  private let folder: TemporaryFolder

  static func shared() throws -> TestWorld { try made.get() }
  /// The same data, and a model of the classic recipe with neighbours.
  static func classic() throws -> TestWorld { try madeClassic.get() }

  private static let made = Result { try TestWorld { _ in } }
  private static let madeClassic = Result {
    try TestWorld {
      $0.recipe = .classic
      $0.neighbours = 5
    }
  }

  private init(_ adjust: (inout TrainingOptions) -> Void) throws {
    folder = try TemporaryFolder()
    let data = folder.file("world")
    path = folder.file("model.safetensors")
    let progress = SilentProgress()
    let world = SyntheticWorld(options: .init(users: 40, tweets: 400, seed: 5))
    try world.write(to: data, progress: progress)
    var options = TrainingOptions(dataFolder: data, threads: 1, producer: "tests")
    options.factors = 8
    options.epochs = 2
    adjust(&options)
    try Trainer.train(options, progress: progress).0.write(to: path)
    model = try ModelLoader.load(path: path)
    otherPath = folder.file("other.safetensors")
    options.seed = 9
    try Trainer.train(options, progress: progress).0.write(to: otherPath)
    other = try ModelLoader.load(path: otherPath)
    users = Array(model.users.ids)
    tweets = Array(model.tweets.ids)
  }

  /// Writes a model of the other recipe, which does not rank as of a moment.
  func writeClassic(to path: String) throws {
    var options = TrainingOptions(
      dataFolder: folder.file("world"), threads: 1, producer: "tests", recipe: .classic)
    options.factors = 8
    options.epochs = 2
    try Trainer.train(options, progress: SilentProgress()).0.write(to: path)
  }

  /// The best tweets by one order, with what they are ordered by, computed from the columns.
  func top(_ order: TopTweets.Order) -> [(tweet: UInt64, value: Double)] {
    let values = order == .pageRank ? model.tweets.pageRanks : model.tweets.popularity
    return zip(tweets, values).map { ($0, $1) }.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
  }

  /// A tweet's text as the model holds it.
  func text(of tweet: UInt64) throws -> [UInt8] {
    guard let row = tweets.firstIndex(of: tweet) else { throw TestFailure("no tweet \(tweet)") }
    return Array(model.tweets.texts[row])
  }
}
