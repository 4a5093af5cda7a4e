/// What a term is looked up by: the same for equal terms, and almost always different for others.
struct TermKey {
  /// The first eight bytes, the first of them lowest; behind the end of the term 0.
  let prefix: UInt64
  /// The same on every run.
  let hash: UInt32
  /// The lower 24 bits of the hash, and lowest the number of bytes up to 255. With the prefix it settles terms of up to eight.
  let tag: UInt32

  /// - Complexity: O(bytes).
  @inline(__always)
  init(_ term: UnsafeBufferPointer<UInt8>) {
    self.init(term, prefix: TermBytes.prefix(of: term))
  }

  /// The key of a term behind whose beginning eight bytes may be read, however short it is.
  @inline(__always)
  init(padded term: UnsafeBufferPointer<UInt8>) {
    guard let start = term.baseAddress else { self.init(term); return }
    let word = UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
    self.init(term, prefix: word & (UInt64.max >> UInt64(64 &- 8 &* min(term.count, 8))))
  }

  @inline(__always)
  private init(_ term: UnsafeBufferPointer<UInt8>, prefix: UInt64) {
    self.init(term, prefix: prefix, hash: TermBytes.hash(term, prefix: prefix))
  }

  /// The key of a term whose prefix and hash are known.
  @inline(__always)
  init(_ term: UnsafeBufferPointer<UInt8>, prefix: UInt64, hash: UInt32) {
    self.prefix = prefix
    self.hash = hash
    tag = hash << 8 | UInt32(truncatingIfNeeded: min(term.count, 255))
  }
}

/// A term with its key.
struct KeyedTerm {
  /// Terms looked up together: looking up waits for memory, and so many waits overlap. So many fit on the stack.
  static let batchSize = 32

  let bytes: UnsafeBufferPointer<UInt8>
  let key: TermKey

  @inline(__always)
  init(bytes: UnsafeBufferPointer<UInt8>, key: TermKey) {
    self.bytes = bytes
    self.key = key
  }

  /// A term for which ``TermKey/init(padded:)`` may be used.
  @inline(__always)
  init(padded bytes: UnsafeBufferPointer<UInt8>) {
    self.init(bytes: bytes, key: TermKey(padded: bytes))
  }
}
