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
  init(maxFeatures: Int, documents: [String]) {
    self.init(maxFeatures: maxFeatures)
    for document in documents {
      Array(document.utf8).withUnsafeBytes { add($0) }
    }
  }
}
