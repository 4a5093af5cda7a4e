/// How often each term number occurs, and in how many documents, counted while documents are read.
struct TermTally: Sendable {
  /// Per term.
  private(set) var frequencies: [TermFrequency] = []
  /// What the document that is being read has beyond one occurrence of each term.
  private(set) var repeated: [UInt32] = []
  /// Per term: the last document that had it, counted from 1.
  private var lastDocuments: [Int] = []
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
    while frequencies.count < termCount {
      frequencies.append(TermFrequency())
      lastDocuments.append(0)
    }
    var different = 0
    frequencies.withUnsafeMutableBufferPointer { frequencies in
      lastDocuments.withUnsafeMutableBufferPointer { lastDocuments in
        for number in numbers {
          frequencies[Int(number)].occurrences &+= 1
          if lastDocuments[Int(number)] == documentCount {
            repeated.append(number)
          } else {
            lastDocuments[Int(number)] = documentCount
            frequencies[Int(number)].documents &+= 1
            numbers[different] = number
            different &+= 1
          }
        }
      }
    }
    return UnsafeBufferPointer(rebasing: numbers[..<different])
  }

  /// Frees what only counting needs.
  mutating func end() {
    lastDocuments = []
    repeated = []
  }
}
