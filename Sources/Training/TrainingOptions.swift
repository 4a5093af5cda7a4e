import Kernels
import Text

/// Everything that decides what a training run reads and how it learns.
public struct TrainingOptions: Sendable {
  /// Folder with `user_engagements.csv` and `tweets.csv`, and perhaps `users.csv` and `user_graph.csv`.
  public var dataFolder: String
  /// Length of a factor vector, 1…1024.
  public var factors: Int
  /// Passes of gradient descent over the engagements, 0…10000.
  public var epochs = 20
  /// Step of gradient descent, positive.
  public var learningRate = 0.005
  /// Weight of the L2 penalty on biases and factors, at least 0.
  public var regularization = 0.02
  /// How texts become vectors. The norm must be l2: the products of a model's vectors are cosines.
  public var text: TfidfOptions
  /// Factorise without a mean and biases, as Surprise's `SVD(biased=False)`.
  public var isUnbiased = false
  /// What gradient descent computes with.
  public var precision: Precision
  /// Nearest users and tweets kept of each, 0…1000; only ``Recipe/classic`` keeps any.
  public var neighbours = 40
  /// What makes users and tweets neighbours.
  public var similarity = Similarity.cosine
  /// Ratings that neighbours must have in common, at least 1.
  public var minSupport = 1
  /// Threads to use, 1…1024.
  public var threads: Int
  /// Seed of every random choice.
  public var seed: UInt64 = 42
  /// Count malformed rows instead of refusing the file.
  public var skipsBadRows = false
  /// Store the tweets' texts in the model.
  public var keepsTexts = true
  /// PageRank's probability of following an edge instead of jumping anywhere, 0 ≤ damping < 1.
  public var damping = 0.85
  /// Program and version, for the model's metadata.
  public var producer: String
  /// Lists of either kind that the learned blend sees at most, 1…10000000; of a longer log a part is drawn.
  public var blendLists = 40_000
  /// Impressions to learn the blend from, instead of lists with negatives that are drawn; nil for none.
  public var impressions: String?
  /// How scores become log odds; only ``Recipe/ranker`` has such scores.
  public var calibration = CalibrationMethod.platt
  /// A safetensors file of tweets' embeddings (``EmbeddingFile``); nil for none.
  public var embeddings: String?
  /// Which signals and how.
  public var recipe: Recipe

  /// Options with the defaults, some of them the recipe's, for everything that is not asked for here.
  public init(dataFolder: String, threads: Int, producer: String = "apus", recipe: Recipe = .ranker) {
    self.dataFolder = dataFolder
    self.threads = threads
    self.producer = producer
    self.recipe = recipe
    factors = recipe.factors
    precision = recipe.precision
    text = recipe.text
  }

  /// The options of matrix factorisation.
  var svd: SVDSettings {
    var settings = SVDSettings()
    settings.factors = factors
    settings.isBiased = !isUnbiased
    settings.rates = FactorTerms(all: learningRate)
    settings.penalties = FactorTerms(all: regularization)
    return settings
  }

  /// Refuses options outside the ranges above.
  package func validate() throws(TrainingError) {
    try check("factors", factors, (1...1024).contains(factors), "must be 1…1024")
    try check("epochs", epochs, (0...10_000).contains(epochs), "must be 0…10000")
    try check("learningRate", learningRate, learningRate > 0 && learningRate.isFinite, "must be positive")
    try check("regularization", regularization, regularization >= 0 && regularization.isFinite, "must be at least 0")
    do throws(TfidfError) { try text.validate() } catch {
      guard case .badOption(let name, let value, let reason) = error else { throw .text(error) }
      throw .badOption(name: name, value: value, reason: reason)
    }
    try check("norm", text.norm.rawValue, text.norm == .l2, "must be l2 in a model")
    if precision == .float {
      let holds = learningRate * regularization < 1
      try check("learningRate", learningRate, holds, "times regularization \(regularization) must be below 1")
    }
    try TrainingError.check("neighbours", neighbours, 0...1_000)
    try check("minSupport", minSupport, minSupport >= 1, "must be at least 1")
    try TrainingError.check("blendLists", blendLists, 1...10_000_000)
    if !recipe.ranksByMoment {
      // Read and then not used would look like used.
      for (name, file) in [("embeddings", embeddings), ("impressions", impressions)] {
        try check(name, file ?? "", file == nil, "needs the ranker recipe")
      }
      try check("calibration", calibration.rawValue, calibration == .platt, "needs the ranker recipe")
    }
    try TrainingError.check("threads", threads, 1...1_024)
    try check("damping", damping, damping >= 0 && damping < 1, "must be at least 0 and less than 1")
  }

  private func check(_ name: String, _ value: some Any, _ holds: Bool, _ reason: String) throws(TrainingError) {
    if !holds { throw .badOption(name: name, value: "\(value)", reason: reason) }
  }
}
