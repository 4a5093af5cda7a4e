import Kernels
import Text

/// The text side of a model: vocabulary, inverse document frequencies and a vector for every tweet.
struct TweetText {
  /// Tweets between two reports of progress.
  private static let batchSize = 1 << 18

  /// [V] in order of the UTF-8 bytes.
  let terms: [[UInt8]]
  /// [V].
  let inverseDocumentFrequency: [Double]
  /// [T, V]; empty rows for tweets that `tweets.csv` lacks.
  let vectors: SparseRows<Float>

  /// Learns from the tweets that `tweets.csv` lists, in ascending order of id; a listed tweet without text is a
  /// document without terms, an unlisted one is no document.
  ///
  /// Texts without a single term give an empty vocabulary: a model without text is a model.
  /// - Throws: ``TrainingError/text(_:)`` when there are terms and the options leave none of them.
  init(
    data: TrainingData, options: TfidfOptions, progress: TrainingProgress, parallel: Parallel
  ) throws(TrainingError) {
    let model = try Self.learn(data, options, progress, parallel)
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

  private static func learn(
    _ data: TrainingData, _ options: TfidfOptions, _ progress: TrainingProgress, _ parallel: Parallel
  ) throws(TrainingError) -> TfidfModel<Float> {
    let documents = data.isListed.indices.filter { data.isListed[$0] }
    do throws(TfidfError) {
      var trainer = try TfidfTrainer(options: options, parallel: parallel)
      var next = 0
      while next < documents.count {
        progress.update(stage: "terms", completed: next, total: documents.count)
        let first = next
        next = min(documents.count, first + batchSize)
        trainer.add(count: next - first) { data.texts.withText(documents[first + $0], $1) }
      }
      return try trainer.finishRounded()
    } catch .noTerms(let documents) {
      return .empty(documents: documents)
    } catch { throw .text(error) }
  }
}
