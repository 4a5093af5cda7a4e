/// The bytes and hashes of terms, one after the other: what ``TermTable`` finds numbers in.
struct TermStore: Sendable {
  /// All terms' bytes.
  private var bytes: [UInt8] = []
  /// Where each term begins in ``bytes``, and at last their end.
  private var offsets: [Int] = [0]
  /// Per term: its ``TermKey/hash``.
  private(set) var hashes: [UInt32] = []

  /// Number of terms.
  var count: Int { hashes.count }

  /// Adds a term with the next number.
  mutating func append(_ term: UnsafeBufferPointer<UInt8>, _ key: TermKey) {
    bytes.append(contentsOf: term)
    offsets.append(bytes.count)
    hashes.append(key.hash)
  }

  /// Calls `body` with the bytes of a term.
  @inline(__always)
  func withTerm<R>(_ number: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[offsets[number]..<offsets[number + 1]])) }
  }

  /// Calls `body` with at most ``KeyedTerm/batchSize`` of the terms at a time, all of `numbers` in their order.
  func forEachBatch(of numbers: ArraySlice<UInt32>, _ body: (UnsafeBufferPointer<KeyedTerm>) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      withUnsafeTemporaryAllocation(of: KeyedTerm.self, capacity: KeyedTerm.batchSize) { batch in
        var rest = numbers
        while !rest.isEmpty {
          let some = rest.prefix(KeyedTerm.batchSize)
          for (place, number) in some.enumerated() {
            let number = Int(number)
            let term = UnsafeBufferPointer(rebasing: bytes[offsets[number]..<offsets[number + 1]])
            let key = TermKey(term, prefix: TermBytes.prefix(of: term), hash: hashes[number])
            batch.initializeElement(at: place, to: KeyedTerm(bytes: term, key: key))
          }
          body(UnsafeBufferPointer(rebasing: batch[..<some.count]))
          rest = rest.dropFirst(some.count)
        }
      }
    }
  }

  /// Whether a term has these bytes.
  @inline(__always)
  func isEqual(_ number: UInt32, _ term: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = offsets[Int(number)]
    guard offsets[Int(number) + 1] - start == term.count else { return false }
    return bytes.withUnsafeBytes { all in
      guard let own = all.baseAddress, let other = term.baseAddress else { return term.isEmpty }
      return TermBytes.areEqual(own + start, UnsafeRawPointer(other), count: term.count)
    }
  }
}
