/// How often each term number occurs, and in how many documents, counted while documents are read.
struct TermTally: Sendable {
  /// What every first occurrence in a document needs, side by side in memory.
  private struct Count {
    var documents = 0
    /// The last document that had the term, counted from 1.
    var lastDocument = 0
  }

  /// What the document that is being read has beyond one occurrence of each term.
  private(set) var repeated: [UInt32] = []
  /// Per term.
  private var counts: [Count] = []
  /// Per term: occurrences beyond one in each document, which are few.
  private var repetitions: [UInt64] = []
  private var documentCount = 0

  /// Ends one document and begins the next.
  mutating func beginDocument() {
    documentCount += 1
    repeated.removeAll(keepingCapacity: true)
  }

  /// Counts some terms of the document, all below `termCount`; the result is those that it has not had before, which
  /// take the place of the others.
  /// - Complexity: O(numbers), and O(new terms), amortised.
  @inline(__always)
  mutating func add(_ numbers: UnsafeMutableBufferPointer<UInt32>, termCount: Int) -> UnsafeBufferPointer<UInt32> {
    if counts.count < termCount {
      counts.append(contentsOf: repeatElement(Count(), count: termCount - counts.count))
      repetitions.append(contentsOf: repeatElement(0, count: termCount - repetitions.count))
    }
    var different = 0
    counts.withUnsafeMutableBufferPointer { counts in
      for number in numbers {
        if counts[Int(number)].lastDocument == documentCount {
          repeated.append(number)
          repetitions[Int(number)] &+= 1
        } else {
          counts[Int(number)].lastDocument = documentCount
          counts[Int(number)].documents &+= 1
          numbers[different] = number
          different &+= 1
        }
      }
    }
    return UnsafeBufferPointer(rebasing: numbers[..<different])
  }

  /// How common a term is so far.
  @inline(__always)
  func frequency(of number: Int) -> TermFrequency {
    let documents = counts[number].documents
    return TermFrequency(occurrences: UInt64(documents) + repetitions[number], documents: documents)
  }
}
