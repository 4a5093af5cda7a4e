import Artifact
import Kernels
import Ranking
import Testing

@testable import Training

private typealias Name = ModelSchema.Tensor

@Suite("Neighbours in a trained model")
struct TrainerNeighbourTests {
  /// The row of a table as {row: weight}.
  private func row(_ column: SparseColumn, _ row: Int) -> [Int: Float] {
    Dictionary(uniqueKeysWithValues: column.entries(ofRow: row).map { (Int(column.terms[$0]), column.weights[$0]) })
  }

  @Test("lists hold the most similar, as the matrix over all ratings has them", arguments: Similarity.allCases)
  func lists(measure: Similarity) throws {
    let world = try SmallWorld.random(seed: 11)
    let (model, report) = try world.train {
      ($0.neighbours, $0.similarity, $0.minSupport) = (5, measure, 2)
    }
    var loader = DataLoader(options: world.options(), progress: SilentProgress())
    let data = try loader.load()
    let ratings = try RatingSet(users: data.log.users, items: data.log.tweets, scores: data.log.scores)
    for (side, name, count, summary) in [
      (RatingSide.users, Name.userNeighbours, report.users, report.userNeighbours),
      (.items, Name.tweetNeighbours, report.tweets, report.tweetNeighbours),
    ] {
      let table = try model.sparseRows(name, rows: count, columns: count)
      let rows = ratings.rows(of: side)
      let expected = try NeighbourLists(
        ratings, SimilarityOptions(measure, between: side, minSupport: 2), limit: 5, parallel: Parallel(threads: 1))
      for (number, own) in rows.enumerated() {
        let list = expected.entries(of: number).map {
          (Int(rows[Int(expected.neighbours[$0])]), Float(min(1, expected.similarities[$0])))
        }
        #expect(row(table, Int(own)) == Dictionary(uniqueKeysWithValues: list))
      }
      #expect(table.terms.count == expected.entryCount && table.terms.count > count)
      let found = try #require(summary)
      #expect(found.entries == expected.entryCount && found.undefinedPairs == expected.undefinedPairs)
    }
    #expect(report.description.contains("user neighbours"))
    #expect(report.stages.contains { $0.name == "neighbours" })
  }

  @Test("worlds in which nobody has a neighbour train all the same", arguments: Similarity.allCases)
  func lonely(measure: Similarity) throws {
    let logs = [
      "one user": "a,1,1\na,2,0.5\n", "one tweet": "a,1,1\nb,1,0.5\n", "all equal": "a,1,1\nb,1,1\na,2,1\nb,2,1\n",
      "all zero": "a,1,0\nb,1,0\na,2,0\nb,2,0\n", "one pair, many times": "a,1,1\na,1,0.5\na,1,1\n",
    ]
    for (name, log) in logs {
      let world = try SmallWorld()
      try world.folder.write("user_engagements.csv", "user_id,tweet_id,engagement_score\n\(log)")
      try world.folder.write("tweets.csv", "tweet_id,text\n1,birds\n2,more birds\n")
      let (model, report) = try world.train {
        ($0.neighbours, $0.similarity, $0.factors) = (1000, measure, 2)
      }
      let users = try model.sparseRows(Name.userNeighbours, rows: report.users, columns: report.users)
      #expect(users.weights.allSatisfy { $0 > 0 && $0 <= 1 }, "\(name)")
      let bound = try Model(model)
      let scratch = RankScratch(model: bound, capacity: 16, seed: 0)
      try GoldenRequests.verify(bound, scratch: scratch)
    }
  }
}
