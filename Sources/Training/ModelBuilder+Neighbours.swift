import Artifact
import Kernels
import Ranking

extension ModelBuilder {
  /// Finds the nearest users and tweets, and keeps what each user gave which tweet: what the signals `user_neighbours`
  /// and `item_neighbours` read. Adds nothing where the recipe or the options want none.
  mutating func addNeighbours() throws(TrainingError) {
    guard options.recipe.hasNeighbours, options.neighbours > 0, data.log.count > 0 else { return }
    do throws(NeighbourError) {
      let ratings = try RatingSet(users: data.log.users, items: data.log.tweets, scores: data.log.scores)
      let baselines = options.similarity == .pearsonBaseline ? try Baselines(ratings) : nil
      report.userNeighbours = try addLists(
        ratings, .users, baselines, rowCount: data.users.count, name: ModelSchema.Tensor.userNeighbours)
      report.tweetNeighbours = try addLists(
        ratings, .items, baselines, rowCount: data.tweets.count, name: ModelSchema.Tensor.tweetNeighbours)
    } catch { throw .neighbours(reason: "\(error)") }
    let kept = UserRatings.build(log: data.log, userCount: data.users.count)
    tensors.addSparseRows(ModelSchema.Tensor.userRatings, kept)
    report.ratingsKept = kept.entryCount
    let entries = (report.userNeighbours?.entries ?? 0) + (report.tweetNeighbours?.entries ?? 0)
    progress.finish(
      stage: "neighbours", detail: "\(ReportText.count(entries)) by \(options.similarity.rawValue) similarity")
    clock.end("neighbours")
  }

  private func addLists(
    _ ratings: RatingSet, _ side: RatingSide, _ baselines: Baselines?, rowCount: Int, name: String
  ) throws(NeighbourError) -> TrainingReport.Neighbours {
    let total = ratings.userCount + ratings.itemCount
    let before = side == .users ? 0 : ratings.userCount
    let lists = try NeighbourLists(
      ratings, SimilarityOptions(options.similarity, between: side, minSupport: options.minSupport),
      limit: options.neighbours, baselines: baselines, parallel: Parallel(threads: options.threads)
    ) { progress.update(stage: "neighbours", completed: before + $0, total: total) }
    tensors.addSparseRows(name, spread(lists, rows: ratings.rows(of: side), rowCount: rowCount))
    return TrainingReport.Neighbours(
      lists: (0..<lists.count).count { !lists.entries(of: $0).isEmpty }, entries: lists.entryCount,
      undefinedPairs: lists.undefinedPairs)
  }

  /// Numbers become rows of the model: list i is that of row `rows[i]`, all other rows are empty; columns ascend.
  /// Similarities that rounding put above 1 become 1.
  private func spread(_ lists: NeighbourLists, rows: [UInt32], rowCount: Int) -> SparseRows<Float> {
    var owners: [UInt32] = []
    var columns: [UInt32] = []
    var values: [Float] = []
    for number in 0..<lists.count {
      for entry in lists.entries(of: number) {
        // What is too small for a 32-bit float counts for nothing.
        let similarity = Float(min(lists.similarities[entry], 1))
        guard similarity > 0 else { continue }
        owners.append(rows[number])
        columns.append(rows[Int(lists.neighbours[entry])])
        values.append(similarity)
      }
    }
    return SparseRows(rowCount: rowCount, rows: owners, columns: columns, values: values)
  }
}
