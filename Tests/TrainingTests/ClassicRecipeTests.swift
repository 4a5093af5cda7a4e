import Artifact
import ParitySupport
import Testing

@testable import Training

/// The whole classic recipe, from CSV files to tensors, against what pandas, scikit-learn, Surprise and networkx make of
/// the same files with their defaults. The command with other options is compared likewise among the end-to-end tests.
@Suite("The classic recipe against the Python stack", .enabled(if: ParityPack.fixtures.has("classic/expected.json")))
struct ClassicRecipeTests {
  private let comparison: ClassicComparison

  init() throws {
    let options = TrainingOptions(dataFolder: ClassicExpectation.folder, threads: 2, recipe: .classic)
    let (model, _) = try Trainer.train(options, progress: SilentProgress())
    comparison = try ClassicComparison(model, with: .defaults())
  }

  @Test("the users and tweets are those of all files, by id")
  func entities() throws { comparison.expectEntities() }

  @Test("biases and factors are surprise.SVD's, rounded")
  func factors() throws { try comparison.expectFactors() }

  @Test("terms, inverse document frequencies, vectors and profiles are TfidfVectorizer's and their weighted means")
  func text() throws { try comparison.expectText() }

  @Test("neighbours are KNNBasic's cosines, rounded")
  func neighbours() throws { try comparison.expectNeighbours() }

  @Test("PageRank of tweets and users is networkx's fixed point, popularity pandas' sum")
  func ranks() throws { try comparison.expectRanks() }
}
