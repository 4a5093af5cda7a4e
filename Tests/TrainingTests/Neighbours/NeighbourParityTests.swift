import Foundation
import Kernels
import ParitySupport
import Testing

@testable import Training

/// Surprise's numbers from this project's pack and the large one.
@Suite("k-NN equals Surprise")
struct NeighbourParityTests {
  private static let packs = ParityPack.having("knn")
  private static let one = Parallel(threads: 1)

  private struct Meta: Decodable {
    var zero_division: [String: String]
    var global_mean: Double
  }

  private static func side(_ name: String) throws -> RatingSide {
    try #require(["user": RatingSide.users, "item": .items][name])
  }

  /// Parts of the names of files that begin with `prefix`, without it and the ending.
  private static func files(_ pack: ParityPack, _ prefix: String) throws -> [(path: String, parts: [String])] {
    try FileManager.default.contentsOfDirectory(atPath: pack.folder.appendingPathComponent("knn").path).sorted()
      .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".csv") }
      .map { name in
        let stem = name.dropFirst(prefix.count).dropLast(4).replacingOccurrences(of: "pearson_baseline", with: "pb")
        let parts = stem.split(separator: "_").map { $0 == "pb" ? "pearson_baseline" : String($0) }
        return ("knn/\(name)", parts)
      }
  }

  @Test("every file of a pack is one that these tests read", arguments: packs)
  func nothingUnread(pack: ParityPack) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: pack.folder.appendingPathComponent("knn").path)
    let known = ["meta.json", "ratings.csv", "ratings_pos.csv"]
    for name in names where !["sim_", "baseline_", "pred_"].contains(where: name.hasPrefix) {
      #expect(known.contains(name), "\(name)")
    }
  }

  @Test("similarity matrices are Surprise's to the bit, NaN where it has NaN", arguments: packs)
  func similarities(pack: ParityPack) throws {
    let table = try RatingTable(pack, "knn/ratings_pos.csv")
    let files = try Self.files(pack, "sim_")
    #expect(files.count >= 12)
    for (path, parts) in files {
      let measure = try #require(Similarity(rawValue: parts[0]))
      let support = try #require(Int(parts[2].dropFirst(2)))
      let options = SimilarityOptions(measure, between: try Self.side(parts[1]), minSupport: support)
      let matrix = try SimilarityMatrix(table.ratings, options, parallel: Self.one)
      let expected = try pack.matrix(path)
      try #require(matrix.count == expected.count)
      var different = 0
      for (row, values) in expected.enumerated() {
        for (column, value) in values.enumerated() {
          let got = matrix[row, column]
          if got != value && !(got.isNaN && value.isNaN) { different += 1 }
        }
      }
      #expect(different == 0, "\(path)")
      #expect(matrix.hasNaN == expected.joined().contains { $0.isNaN }, "\(path)")
    }
  }

  @Test("baselines are Surprise's to the bit", arguments: packs)
  func baselines(pack: ParityPack) throws {
    let table = try RatingTable(pack, "knn/ratings_pos.csv")
    let methods: [String: BaselineMethod] = [
      "als": .leastSquares(), "als_custom": .leastSquares(epochs: 5, userPenalty: 12, itemPenalty: 5),
      "sgd": .gradientDescent(), "sgd_custom": .gradientDescent(epochs: 7, penalty: 0.05, learningRate: 0.01),
    ]
    for (name, method) in methods {
      let baselines = try Baselines(table.ratings, method: method)
      #expect(try baselines.users == pack.matrix("knn/baseline_\(name)_bu.csv").map { $0[0] }, "\(name)")
      #expect(try baselines.items == pack.matrix("knn/baseline_\(name)_bi.csv").map { $0[0] }, "\(name)")
    }
    #expect(try Self.files(pack, "baseline_").count == 2 * methods.count)
    let meta = try pack.json("knn/meta.json", as: Meta.self)
    #expect(table.ratings.mean == meta.global_mean)
  }

  @Test("predictions agree to 1e-12, clipped and not, with the same neighbours", arguments: packs)
  func predictions(pack: ParityPack) throws {
    let table = try RatingTable(pack, "knn/ratings_pos.csv")
    let files = try Self.files(pack, "pred_")
    #expect(files.count >= 18)
    for (path, parts) in files {
      let algorithm = try #require(NeighbourAlgorithm(rawValue: parts[0]))
      let measure = try #require(Similarity(rawValue: parts[1]))
      let model = try NeighbourModel(
        table.ratings, algorithm, similarity: SimilarityOptions(measure, between: try Self.side(parts[4])),
        limit: try #require(Int(parts[2].dropFirst())), minNeighbours: try #require(Int(parts[3].dropFirst(4))),
        parallel: Self.one)
      for row in try pack.rows(path) {
        let got = model.predict(user: table.user(row[0]), item: table.item(row[1]))
        let note = Comment(rawValue: "\(path): \(row)")
        #expect(abs(got.estimate - (try #require(Double(row[3])))) <= 1e-12, note)
        #expect(abs(got.estimate.clipped(to: 0...1) - (try #require(Double(row[2])))) <= 1e-12, note)
        #expect(got.wasImpossible == (row[4] == "1"), note)
        #expect(got.neighbours == Int(row[5]), note)
      }
    }
  }

  @Test("where Surprise divides by zero, the error names the pair and the reason", arguments: packs)
  func zeroDivisions(pack: ParityPack) throws {
    let table = try RatingTable(pack, pack.has("knn/ratings.csv") ? "knn/ratings.csv" : "svd/ratings.csv")
    let meta = try pack.json("knn/meta.json", as: Meta.self)
    #expect(meta.zero_division.values.contains { $0 != "ok" })
    for (key, outcome) in meta.zero_division {
      let parts = key.split(separator: "/").map(String.init)
      let options = SimilarityOptions(
        try #require(Similarity(rawValue: parts[0])), between: try Self.side(parts[1]))
      do {
        _ = try SimilarityMatrix(table.ratings, options, parallel: Self.one)
        #expect(outcome == "ok", "\(key)")
      } catch {
        #expect(outcome.hasPrefix("ZeroDivisionError"), "\(key): \(error)")
        guard case .undefinedSimilarity(let measure, let side, let pair, let row, let common) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(measure == options.measure && side == options.side && common > 0)
        #expect(row == pair.first || row == pair.second)
        for fact in [measure.rawValue, "\(pair.first)", "\(pair.second)", "zero"] {
          #expect("\(error)".contains(fact))
        }
      }
    }
  }
}
