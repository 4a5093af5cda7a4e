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
    var entries = 0
    var start = 0
    // All through pointers, since chunks that are neighbours in memory are replaced at the same time.
    occurrences.withUnsafeMutableBufferPointer { occurrences in
      places.withUnsafeBufferPointer { places in
        documents.withUnsafeMutableBufferPointer { documents in
          for number in documents.indices {
            let document = documents[number]
            let termsEnd = Self.move(start..<document.termsEnd, to: kept, in: occurrences, places)
            entries += termsEnd - kept
            kept = Self.move(document.termsEnd..<document.end, to: termsEnd, in: occurrences, places)
            documents[number] = Document(termsEnd: termsEnd, end: kept)
            start = document.end
          }
        }
      }
    }
    entryCount = entries
  }

  /// Puts the places of the numbers at `range` from `target` on, which is not behind them; the result is their end.
  @inline(__always)
  private static func move(
    _ range: Range<Int>, to target: Int, in occurrences: UnsafeMutableBufferPointer<UInt32>,
    _ places: UnsafeBufferPointer<UInt32>
  ) -> Int {
    var end = target
    // Each is written and only those that stay are counted, by arithmetic, since which do is as good as random and no
    // branch foresees it: adding 1 carries into bit 32 for UInt32.max alone.
    for index in range {
      let place = places[Int(occurrences[index])]
      occurrences[end] = place
      end &+= 1 &- Int(truncatingIfNeeded: (UInt64(place) &+ 1) >> 32)
    }
    return end
  }
}
