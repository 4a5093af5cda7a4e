import Foundation
import Testing

@testable import Ranking
@testable import Training

/// Models of either recipe of one small artificial world, trained once a run of the tests, and what its log says, read by
/// a parser of this file's own.
struct TrainedWorld: Sendable {
  let models: [Recipe: Model]
  /// Tweets that each user's rows are about, in order of the log, by key.
  let engaged: [String: [String]]

  static func shared() throws -> TrainedWorld { try made.get() }

  private static let made = Result { try TrainedWorld() }

  private init() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-ranking-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let progress = SilentProgress()
    try SyntheticWorld(options: .init(users: 60, tweets: 3_000, seed: 11)).write(to: folder.path, progress: progress)
    var models: [Recipe: Model] = [:]
    for recipe in Recipe.allCases {
      var options = TrainingOptions(dataFolder: folder.path, threads: 2, producer: "tests", recipe: recipe)
      (options.factors, options.epochs) = (8, 2)
      models[recipe] = try Model(Trainer.train(options, progress: progress).0)
    }
    self.models = models
    let log = try String(contentsOf: folder.appendingPathComponent("user_engagements.csv"), encoding: .utf8)
    var engaged: [String: [String]] = [:]
    for line in log.split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",")
      engaged[String(fields[0]), default: []].append(String(fields[1]))
    }
    self.engaged = engaged
  }

  func model(_ recipe: Recipe) throws -> Model { try #require(models[recipe]) }
}
