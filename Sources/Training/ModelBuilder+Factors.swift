import Artifact
import Kernels
import Ranking

extension ModelBuilder {
  private typealias Name = ModelSchema.Tensor

  /// Trains the factors and spreads them over all users and tweets.
  mutating func addFactors() throws(TrainingError) {
    let order = FactorOrder(log: data.log, userCount: data.users.count, tweetCount: data.tweets.count)
    let settings = options.svd
    switch options.precision {
    case .double:
      try addFactors(of: ExactSVD(order: order, settings: settings, seed: options.seed))
    case .float:
      guard let svd = BiasedSVD(order: order, settings: settings, seed: options.seed, threads: options.threads) else {
        let rows = order.userRows.count + order.tweetRows.count
        throw .outOfMemory(purpose: "\(rows) vectors of \(options.factors) factors")
      }
      try addFactors(of: svd)
    }
  }

  private mutating func addFactors(of svd: some Factorization) throws(TrainingError) {
    for epoch in 0..<options.epochs {
      let error = svd.runEpoch()
      if !error.isFinite { throw .diverged(epoch: epoch + 1, learningRate: options.learningRate) }
      report.epochErrors.append(error)
      progress.update(stage: "factors", completed: epoch + 1, total: options.epochs)
    }
    if !svd.isFinite { throw .diverged(epoch: options.epochs, learningRate: options.learningRate) }
    let order = svd.order
    report.usersWithFactors = order.userRows.count
    report.tweetsWithFactors = order.tweetRows.count
    // The model adds mean, biases and product for everybody, so without biases there must be no mean either.
    tensors.add(Name.mean, shape: [1], [options.isUnbiased ? 0 : order.meanScore])
    spread(order.userRows, of: data.users.count, names: (Name.userBias, Name.userFactors), svd.copyUser)
    spread(order.tweetRows, of: data.tweets.count, names: (Name.tweetBias, Name.tweetFactors), svd.copyTweet)
    let last = report.epochErrors.last.map { "RMSE \(ReportText.decimal($0, places: 4))" } ?? "no epochs"
    progress.finish(stage: "factors", detail: last)
    clock.end("factors")
  }

  /// Row `rows[i]` of the tensors is what `copy` gives for i; all others stay zero.
  private func spread(
    _ rows: [UInt32], of count: Int, names: (bias: String, factors: String),
    _ copy: (Int, UnsafeMutablePointer<Float>) -> Float
  ) {
    let length = options.factors
    var bias = [Float](repeating: 0, count: count)
    tensors.add(names.factors, shape: [count, length], of: Float.self) { target in
      guard let start = target.baseAddress else { return }
      for (number, row) in rows.enumerated() { bias[Int(row)] = copy(number, start + Int(row) * length) }
    }
    tensors.add(names.bias, shape: [count], bias)
  }
}
