import Training

/// What an evaluation found: the table of models, as numbers.
package struct EvaluationResult: Sendable, Encodable {
  /// One model's line. Shares and means are in [0, 1] unless said otherwise; nil where undefined.
  package struct Line: Sendable, Encodable {
    package let kind: ScoredModel.Kind
    package let ndcg: Double?
    package let ndcgLow: Double?
    package let ndcgHigh: Double?
    package let mrr: Double?
    package let map: Double?
    package let auc: Double?
    package let recall: Double?
    /// Percent.
    package let rce: Double?
    package let ece: Double?
    /// Share of the tweets offered that reach a first ten.
    package let coverage: Double
    /// Mean −log2 of the share of engagements, before the first impression, of the tweets in the first ten; bits.
    package let novelty: Double
    package var difference: Difference?

    enum CodingKeys: String, CodingKey {
      case kind
      case ndcg = "ndcg@10"
      case ndcgLow = "ndcg@10_low"
      case ndcgHigh = "ndcg@10_high"
      case mrr
      case map = "map@10"
      case auc
      case recall = "recall@10"
      case rce, ece, coverage, novelty, difference
    }
  }

  /// NDCG@10 over that of another model, with the paired interval.
  package struct Difference: Sendable, Encodable {
    package let against: String
    package let mean: Double
    package let low: Double
    package let high: Double
  }

  /// Part of the impressions.
  package struct Slice: Sendable, Encodable {
    package let impressions: Int
    /// NDCG@10 by model.
    package let ndcg: [String: Double]

    enum CodingKeys: String, CodingKey {
      case impressions
      case ndcg = "ndcg@10"
    }
  }

  /// The model that was given.
  package struct GivenModel: Sendable, Encodable {
    package let version: String
    /// Unix seconds of the newest row that it learned from.
    package let asOf: Int64?

    enum CodingKeys: String, CodingKey {
      case version
      case asOf = "as_of"
    }
  }

  package let impressions: Int
  /// Those without a positive, and those with nothing else: left out of what is undefined for them.
  package let withoutPositive: Int
  package let withoutNegative: Int
  /// Candidates that stood in the same impression before and were merged with the first.
  package let mergedCandidates: Int
  /// Malformed rows of the impressions that were passed over.
  package let skippedImpressions: Int
  package let seed: UInt64
  package let models: [String: Line]
  package let slices: [String: Slice]
  package var switchedOff: [String]
  /// The data, and the times of the first and the last impression in Unix seconds; nil where none has a time.
  package var data: DataSummary?
  /// Nil where the ranker learned from what precedes the first impression.
  package var model: GivenModel?
  package var firstTime: Int64?
  package var lastTime: Int64?
  /// Impressions ranked again with something hidden, by name.
  package var madeSlices: [String: MadeSlice] = [:]
  /// What the ranker's probabilities are worth, and its scores by the age of the tweets.
  package var reliability: [ReliabilityBin] = []
  package var ages: [AgeBin] = []
  /// What each group of signals adds, most first; empty unless asked for.
  package var ablation: [AblationLine] = []

  enum CodingKeys: String, CodingKey {
    case impressions
    case withoutPositive = "without_positive"
    case withoutNegative = "without_negative"
    case mergedCandidates = "merged_candidates"
    case skippedImpressions = "skipped_impressions"
    case seed, models, slices
    case switchedOff = "switched_off"
    case data, model
    case firstTime = "first_time"
    case lastTime = "last_time"
    case madeSlices = "made_slices"
    case reliability
    case ages = "score_by_age"
    case ablation
  }
}
