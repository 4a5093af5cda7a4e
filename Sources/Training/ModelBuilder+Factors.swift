import Artifact
import Kernels
import Ranking

extension ModelBuilder {
  /// Trains the factors and spreads them over all users and tweets.
  mutating func addFactors() throws(TrainingError) {
    let order = FactorOrder(log: data.log, userCount: data.users.count, tweetCount: data.tweets.count)
    var svd = BiasedSVD(order: order, mean: data.log.meanScore, factors: options.factors, seed: options.seed)
    for epoch in 0..<options.epochs {
      let error = svd.runEpoch(learningRate: options.learningRate, regularization: options.regularization)
      if !error.isFinite { throw .diverged(epoch: epoch + 1, learningRate: options.learningRate) }
      report.epochErrors.append(error)
      progress.update(stage: "factors", completed: epoch + 1, total: options.epochs)
    }
    if !svd.isFinite { throw .diverged(epoch: options.epochs, learningRate: options.learningRate) }
    report.usersWithFactors = order.userRows.count
    report.tweetsWithFactors = order.tweetRows.count
    typealias Name = ModelSchema.Tensor
    tensors.add(Name.mean, shape: [1], [data.log.meanScore])
    spread(
      order.userRows, of: data.users.count, svd.userBias, svd.userFactors, width: svd.width,
      names: (Name.userBias, Name.userFactors))
    spread(
      order.tweetRows, of: data.tweets.count, svd.tweetBias, svd.tweetFactors, width: svd.width,
      names: (Name.tweetBias, Name.tweetFactors))
    let last = report.epochErrors.last.map { "RMSE \(ReportText.decimal($0, places: 4))" } ?? "no epochs"
    progress.finish(stage: "factors", detail: last)
    clock.end("factors")
  }

  /// Row `rows[i]` of the tensors is row i of the tables; all others stay zero.
  private func spread(
    _ rows: [UInt32], of count: Int, _ bias: [Float], _ factors: [FactorBlocks.Block], width: Int,
    names: (bias: String, factors: String)
  ) {
    let length = options.factors
    tensors.add(names.bias, shape: [count], of: Float.self) { target in
      for (number, row) in rows.enumerated() { target[Int(row)] = bias[number] }
    }
    tensors.add(names.factors, shape: [count, length], of: Float.self) { target in
      for (number, row) in rows.enumerated() {
        for factor in 0..<length {
          target[Int(row) * length + factor] = factors[number * width + factor / 8][factor % 8]
        }
      }
    }
  }
}
