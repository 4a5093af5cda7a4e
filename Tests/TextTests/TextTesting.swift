import Kernels

@testable import Text

extension Tokenizer {
  /// The terms of a text as arrays of bytes.
  mutating func terms(_ text: [UInt8]) -> [[UInt8]] {
    var terms: [[UInt8]] = []
    text.withUnsafeBytes { bytes in
      forEachTerm(bytes) { terms.append(Array($0)) }
    }
    return terms
  }
}

extension TfidfTrainer {
  /// A trainer that has seen these documents, dealt to calls of at most `batchSize`.
  init(
    _ documents: [String], _ options: TfidfOptions = TfidfOptions(), threads: Int = 1, batchSize: Int = .max
  ) throws(TfidfError) {
    try self.init(options: options, parallel: Parallel(threads: threads))
    let bytes = documents.map { Array($0.utf8) }
    var start = 0
    while start < bytes.count {
      let batch = Array(bytes[start..<min(bytes.count, start + min(batchSize, bytes.count))])
      add(count: batch.count) { document, body in batch[document].withUnsafeBytes { body($0) } }
      start += batch.count
    }
  }
}

extension TfidfModel {
  /// The terms as people read them.
  var words: [String] { terms.map { String(decoding: $0, as: UTF8.self) } }

  /// The weights of one document by term.
  func weights(ofDocument document: Int) -> [String: Weight] {
    let words = words
    return Dictionary(
      uniqueKeysWithValues: vectors.entries(ofRow: document).map { entry in
        (words[Int(vectors.columns[entry])], vectors.values[entry])
      })
  }
}
