import Kernels
import Text

/// The text side of a model: vocabulary, inverse document frequencies and a vector for every tweet.
struct TweetText {
  /// [V] in order of the UTF-8 bytes.
  let terms: [[UInt8]]
  /// [V].
  let inverseDocumentFrequency: [Double]
  /// [T, V]; empty rows for tweets that `tweets.csv` lacks.
  let vectors: SparseRows<Float>

  /// Learns from the tweets that `tweets.csv` lists, in ascending order of id; a listed tweet without text is a
  /// document without terms, an unlisted one is no document.
  init(data: TrainingData, vocabularySize: Int, progress: TrainingProgress) {
    var trainer = TfidfTrainer(maxFeatures: vocabularySize)
    for tweet in 0..<data.tweets.count {
      if tweet % 4096 == 0 { progress.update(stage: "terms", completed: tweet, total: data.tweets.count) }
      if data.isListed[tweet] { data.texts.withText(tweet) { trainer.add($0) } }
    }
    let model = trainer.finish()
    terms = model.terms
    inverseDocumentFrequency = model.inverseDocumentFrequency
    var offsets: [UInt64] = [0]
    offsets.reserveCapacity(data.tweets.count + 1)
    var document = 0
    for isListed in data.isListed {
      if isListed { document += 1 }
      offsets.append(model.vectors.offsets[document])
    }
    vectors = SparseRows(offsets: offsets, columns: model.vectors.columns, values: model.vectors.values)
  }
}
