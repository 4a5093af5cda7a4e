import ArgumentParser
import Foundation
import Kernels

/// Apus's side of the comparison with the Python libraries; compare.py calls it, one case at a time.
@main
struct TrainingBenchmark: ParsableCommand {
  /// What can be timed.
  enum Case: String, ExpressibleByArgument, CaseIterable {
    case svd
    case svdExact = "svd-exact"
    case als
    case knnSimilarity = "knn-similarity"
    case knnPredict = "knn-predict"
    case tfidfFit = "tfidf-fit"
    case tfidfTransform = "tfidf-transform"
    case similarity
    case pagerank
    case pagerankLarge = "pagerank-large"
    case banditUpdate = "bandit-update"
  }

  static let configuration = CommandConfiguration(
    commandName: "training-benchmark", abstract: "Time one piece of training and print seconds and quality as JSON.",
    discussion: """
      Benchmarks/training/run.sh makes the input, runs this beside the Python libraries and prints a table.

      Example:
        training-benchmark svd --data .build-peers/input --threads 2
      """)

  @Argument(help: "The case: \(Case.allCases.map(\.rawValue).joined(separator: ", ")).")
  var name: Case

  @Option(help: "Folder with the input.")
  var data: String

  @Option(help: "Threads.")
  var threads = 1

  @Option(help: "Runs, of which the fastest counts.")
  var repeats = 3

  func validate() throws {
    guard (1...64).contains(threads) else { throw ValidationError("--threads \(threads) is not in 1 to 64") }
    guard repeats >= 1 else { throw ValidationError("--repeats \(repeats) is below 1") }
  }

  func run() throws {
    let input = InputFolder(path: data)
    let watch = Stopwatch(repeats: repeats)
    let parallel = Parallel(threads: threads)
    let measurement =
      switch name {
      case .svd: try RatingCases(input: input, watch: watch).svd(threads: threads)
      case .svdExact: try RatingCases(input: input, watch: watch).exactSVD()
      case .knnSimilarity: try RatingCases(input: input, watch: watch).similarities(parallel)
      case .knnPredict: try RatingCases(input: input, watch: watch).neighbourPredictions(parallel)
      case .als: try InteractionCases(input: input, watch: watch).als(parallel)
      case .tfidfFit: try TextCases(input: input, watch: watch).fit(parallel)
      case .tfidfTransform: try TextCases(input: input, watch: watch).transform()
      case .similarity: try TextCases(input: input, watch: watch).similarity()
      case .pagerank: try GraphCases(input: input, watch: watch).pageRank(parallel)
      case .pagerankLarge: try GraphCases(large: input, watch: watch).pageRank(parallel)
      case .banditUpdate: try BanditCases(input: input, watch: watch).update()
      }
    print(String(decoding: try JSONEncoder().encode(measurement), as: UTF8.self))
  }
}
