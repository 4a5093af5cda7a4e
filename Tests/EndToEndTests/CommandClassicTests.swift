import Artifact
import Foundation
import ParitySupport
import Ranking
import Testing

/// `apus train --recipe classic` and a server with its model, against the Python stack on the same files.
@Suite("The classic recipe from the command line")
struct CommandClassicTests {
  private let folder: TemporaryFolder
  private var model: String { folder.file("model") }

  init() throws { folder = try TemporaryFolder() }

  private func train(_ arguments: [String]) throws {
    let own = ["--data", ClassicExpectation.folder, "--out", model, "--recipe", "classic", "--threads", "2"]
    let result = try runCommand(["train"] + own + arguments)
    try #require(result.status == 0, "\(result.stderr)")
  }

  private func expectModel(_ expected: ClassicExpectation) throws {
    try train(expected.arguments)
    let comparison = try ClassicComparison(TensorSet.read(path: model), with: expected)
    comparison.expectEntities()
    try comparison.expectFactors()
    try comparison.expectText()
    try comparison.expectNeighbours()
    try comparison.expectRanks()
  }

  @Test("without options a model has what the libraries' defaults give")
  func defaults() throws {
    let expected = try ClassicExpectation.defaults()
    #expect(expected.arguments.isEmpty)
    try expectModel(expected)
  }

  @Test("options of the recipe are the libraries' parameters")
  func options() throws {
    let expected = try ClassicExpectation.options()
    #expect(expected.arguments.count { $0.hasPrefix("--") } > 12)
    try expectModel(expected)
  }

  /// Signals of a ranking by name, and the library's estimates that they must equal.
  private static let signals = [
    ("svd", "svd", 1e-6), ("user_neighbours", "users", 1e-5), ("item_neighbours", "tweets", 1e-5),
  ]

  @Test("a server's explanations have the predictions of SVD and KNNBasic, and add up to the score")
  func explanations() throws {
    let expected = try ClassicExpectation.defaults()
    let predictions = try #require(expected.predictions)
    try train([])
    let blend = try BlendColumns(TensorSet.read(path: model))
    let server = try ServerProcess(["--epsilon", "0"], model: model)
    let rows = try #require(predictions["svd"])
    #expect(rows.count > 4)
    var compared = 0
    for (user, row) in rows {
      let ranking: RankOutput = try server.answer(
        ["rank", "--user", user, "--tweets", row.keys.sorted().joined(separator: ","), "--explain"])
      #expect(ranking.items.count == row.count && ranking.userKnown == (user != "nobody"))
      for (signal, table, tolerance) in Self.signals {
        let column = try #require(ranking.signals.firstIndex(of: signal))
        for (tweet, estimate) in try #require(predictions[table]?[user]) {
          // Where the library has no prediction, Apus has none either, which counts as 0.
          let value = Double(try ranking.item(tweet).values[column])
          #expect(abs(value - (estimate ?? 0)) <= tolerance, "\(signal) of \(user), \(tweet)")
          if estimate != nil { compared += 1 }
        }
      }
      for item in ranking.items {
        #expect(item.contributions.reduce(0, +) == item.score, "\(user), \(item.tweet)")
        try blend.expectContributions(item, signals: ranking.signals)
      }
    }
    // All of SVD's, and most of the neighbours'.
    #expect(compared > 200)
    #expect(try server.stop() == 0)
  }
}

/// The blend as the model file has it.
private struct BlendColumns {
  private var columns: [String: (weight: Float, mean: Float, scale: Float, bound: Float)] = [:]

  init(_ model: TensorSet) throws {
    typealias Name = ModelSchema.Tensor
    let names = try #require(model.metadata[ModelSchema.Metadata.signals]).split(separator: ",").map(String.init)
    let numbers = try [Name.blendWeight, Name.blendMean, Name.blendScale, Name.blendBound].map {
      Array(try model.column($0, of: Float.self, shape: [names.count]))
    }
    for (place, name) in names.enumerated() {
      columns[name] = (numbers[0][place], numbers[1][place], numbers[2][place], numbers[3][place])
    }
  }

  /// Contributions must be weight · (value − mean) / scale, held within ± weight · bound.
  func expectContributions(_ item: RankOutput.Item, signals: [String]) throws {
    var found = 0
    for (place, signal) in signals.enumerated() {
      guard let own = columns[signal] else { continue }
      let standard = min(own.bound, max(-own.bound, (item.values[place] - own.mean) / own.scale))
      #expect(abs(item.contributions[place] - own.weight * standard) < 1e-5, "\(signal), \(item.tweet)")
      found += 1
    }
    #expect(found == columns.count)
  }
}
