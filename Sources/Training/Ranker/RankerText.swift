import Kernels
import Ranking
import Text

/// Text statistics learned from the tweets of before a moment, and vectors of all tweets in their terms.
struct RankerText {
  /// [T, V]
  let vectors: SparseRows<Float>
  let termCount: Int

  init(
    data: TrainingData, options: TfidfOptions, end: Int64?, progress: TrainingProgress, parallel: Parallel
  ) throws(TrainingError) {
    var past = data
    past.isListed = data.isListed.indices.map { data.isListed[$0] && data.tweetTimes[$0].precedes(end) }
    let text = try TweetText(data: past, options: options, progress: progress, parallel: parallel)
    termCount = text.terms.count
    progress.finish(stage: "terms", detail: "\(ReportText.count(termCount)) terms")
    guard end != nil else {
      vectors = text.vectors
      return
    }
    var vectorizer = TfidfVectorizer(
      vocabulary: Vocabulary(terms: text.terms), inverseDocumentFrequency: text.inverseDocumentFrequency,
      options: options)
    var offsets: [UInt64] = [0]
    var columns: [UInt32] = []
    var values: [Float] = []
    for tweet in 0..<data.tweets.count {
      if past.isListed[tweet] {
        let entries = text.vectors.entries(ofRow: tweet)
        columns += text.vectors.columns[entries]
        values += text.vectors.values[entries]
      } else if data.isListed[tweet] {
        data.texts.withText(tweet) { bytes in
          vectorizer.vectorize(bytes) { terms, weights in
            columns.append(contentsOf: terms)
            values.append(contentsOf: weights)
          }
        }
      }
      offsets.append(UInt64(columns.count))
    }
    vectors = SparseRows(offsets: offsets, columns: columns, values: values)
  }
}
