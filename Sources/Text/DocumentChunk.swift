/// Some consecutive documents as numbers: what the first step of ``TfidfTrainer`` leaves of them.
///
/// At first the numbers are those of the ``TermCollector`` that read the documents, later places in the vocabulary.
/// Memory: 4 bytes per term occurrence and 16 per document.
struct DocumentChunk: Sendable {
  /// What belongs to one document in ``occurrences``, which begins where the document before ends.
  struct Document {
    /// Where the different terms end, and the repeated ones begin.
    var termsEnd: Int
    /// Where the repeated ones end: each term once less than it occurs.
    var end: Int
  }

  /// Which collector's numbers these are.
  let collector: Int
  private(set) var documents: [Document] = []
  private(set) var occurrences: [UInt32] = []
  /// Different terms of each document, summed over the documents.
  private(set) var entryCount = 0

  /// A chunk for about so many documents.
  init(collector: Int, documentCount: Int = 0) {
    self.collector = collector
    documents.reserveCapacity(documentCount)
  }

  /// Adds different terms of the document that is being read.
  @inline(__always)
  mutating func append(_ terms: UnsafeBufferPointer<UInt32>) {
    occurrences.append(contentsOf: terms)
  }

  /// Ends the document that is being read.
  mutating func endDocument(repeated: [UInt32]) {
    let termsEnd = occurrences.count
    // Most documents repeat little, and a copy of the array's reference would cost more.
    for number in repeated { occurrences.append(number) }
    documents.append(Document(termsEnd: termsEnd, end: occurrences.count))
  }

  /// Replaces each number by its place, and drops those whose place is `UInt32.max`.
  /// - Complexity: O(occurrences).
  mutating func replace(by places: [UInt32]) {
    var kept = 0
    var entryCount = 0
    var start = 0
    // All through pointers, since chunks that are neighbours in memory are replaced at the same time.
    occurrences.withUnsafeMutableBufferPointer { occurrences in
      places.withUnsafeBufferPointer { places in
        // Every number is written and only those that stay are counted: which do is as good as random.
        func keep(_ range: Range<Int>) {
          for index in range {
            let place = places[Int(occurrences[index])]
            occurrences[kept] = place
            kept &+= place == .max ? 0 : 1
          }
        }
        documents.withUnsafeMutableBufferPointer { documents in
          for number in documents.indices {
            let document = documents[number]
            let before = kept
            keep(start..<document.termsEnd)
            entryCount += kept - before
            documents[number].termsEnd = kept
            keep(document.termsEnd..<document.end)
            documents[number].end = kept
            start = document.end
          }
        }
      }
    }
    self.entryCount = entryCount
  }
}
