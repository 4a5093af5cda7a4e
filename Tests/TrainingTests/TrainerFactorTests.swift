import Artifact
import Foundation
import Ranking
import Testing

@testable import Training

private typealias Name = ModelSchema.Tensor

@Suite("Factors of a model")
struct TrainerFactorTests {
  /// The file that training writes, the number of threads in the metadata left out.
  private func file(_ world: SmallWorld, _ change: (inout TrainingOptions) -> Void) throws -> Data {
    let (model, _) = try world.train(change)
    model.metadata[ModelSchema.Metadata.threads] = "any"
    let path = world.folder.path + "/model"
    try model.write(to: path)
    return try #require(FileManager.default.contents(atPath: path))
  }

  @Test("in doubles the same data trains the same bytes, whatever the threads but for their mention")
  func determinism() throws {
    let world = try SmallWorld.random(seed: 2)
    let first = try file(world) { $0.threads = 2 }
    #expect(first.count > 10_000)
    for threads in [1, 2, 5] { #expect(try file(world) { $0.threads = threads } == first) }
    #expect(try file(world) { $0.seed = 43 } != first)
  }

  @Test("in floats every number of threads trains its own bytes, again and again", arguments: [1, 2, 5])
  func determinismOfFloats(threads: Int) throws {
    let world = try SmallWorld.random(seed: 2)
    func change(_ options: inout TrainingOptions) { (options.precision, options.threads) = (.float, threads) }
    let first = try file(world, change)
    #expect(try file(world, change) == first)
    #expect(try file(world) { $0.threads = threads } != first)
  }

  @Test("the classic recipe is Surprise's defaults in doubles, the ranker trains in floats")
  func recipes() {
    let classic = TrainingOptions(dataFolder: "", threads: 1, recipe: .classic)
    #expect(classic.precision == .double && classic.svd == SVDSettings())
    #expect(classic.epochs == 20)
    let ranker = TrainingOptions(dataFolder: "", threads: 1)
    #expect(ranker.precision == .float && ranker.factors == 64)
  }

  @Test("without biases a model has neither biases nor a mean", arguments: Precision.allCases)
  func unbiased(precision: Precision) throws {
    let (model, report) = try SmallWorld.random(seed: 3).train { options in
      (options.isUnbiased, options.precision) = (true, precision)
    }
    #expect(try model.values(Name.mean, Double.self) == [0])
    #expect(try model.values(Name.userBias, Float.self, [report.users]).allSatisfy { $0 == 0 })
    #expect(try model.values(Name.tweetBias, Float.self, [report.tweets]).allSatisfy { $0 == 0 })
    #expect(try model.values(Name.userFactors, Float.self, [report.users, 12]).contains { $0 != 0 })
  }
}
