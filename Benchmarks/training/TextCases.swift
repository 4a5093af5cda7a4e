import Kernels
import Text

/// What is learned from texts.
struct TextCases {
  private let texts: [[UInt8]]
  private let watch: Stopwatch

  init(input: InputFolder, watch: Stopwatch) throws {
    texts = try input.lines("texts.txt").map { Array($0.utf8) }
    self.watch = watch
  }

  /// Vocabulary, inverse document frequencies and all vectors, in Double.
  func fit(_ parallel: Parallel) throws -> Measurement {
    let (seconds, model) = try watch.best { try learn(parallel) }
    return Measurement(
      seconds: seconds,
      quality: ["weights": Double(model.vectors.entryCount), "sum": model.vectors.values.reduce(0, +)])
  }

  /// The vector of one text that is taken as unseen.
  func transform() throws -> Measurement {
    let model = try learn(Parallel(threads: 1))
    var vectorizer = TfidfVectorizer(
      vocabulary: model.vocabulary, inverseDocumentFrequency: model.inverseDocumentFrequency)
    let few = texts.prefix(200)
    var sum = 0.0
    let (seconds, _) = try watch.best {
      sum = 0
      for text in few {
        text.withUnsafeBytes { text in
          vectorizer.vectorize(text) { _, weights in for weight in weights { sum += Double(weight) } }
        }
      }
    }
    return Measurement(seconds: seconds / Double(few.count), quality: ["sum": sum])
  }

  /// The cosines of one vector and five hundred others.
  func similarity() throws -> Measurement {
    let model = try learn(Parallel(threads: 1))
    let times = 100
    let (seconds, cosines) = try watch.best {
      var cosines: [Double] = []
      for _ in 0..<times {
        cosines = Cosine.sparse(
          query: 0, of: model.vectors, to: 1..<501, of: model.vectors, columnCount: model.terms.count)
      }
      return cosines
    }
    return Measurement(seconds: seconds / Double(times), quality: ["sum": cosines.reduce(0, +)])
  }

  private func learn(_ parallel: Parallel) throws -> TfidfModel<Double> {
    var trainer = try TfidfTrainer(options: TfidfOptions(maxFeatures: 5_000), parallel: parallel)
    trainer.add(count: texts.count) { document, body in texts[document].withUnsafeBytes(body) }
    return try trainer.finish()
  }
}
