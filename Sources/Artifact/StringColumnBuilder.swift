/// Collects byte strings for ``TensorSet/addStrings(_:_:)``.
public struct StringColumnBuilder: Sendable {
  private(set) var offsets: [UInt64] = [0]
  private(set) var bytes: [UInt8] = []

  /// An empty column.
  public init() {}

  /// Strings so far.
  public var count: Int { offsets.count - 1 }

  /// The bytes of one of the strings so far. O(1).
  public subscript(index: Int) -> ArraySlice<UInt8> { bytes[Int(offsets[index])..<Int(offsets[index + 1])] }

  /// Appends a string given as bytes.
  public mutating func append(_ utf8: some Collection<UInt8>) {
    bytes.append(contentsOf: utf8)
    offsets.append(UInt64(bytes.count))
  }

  /// Appends the UTF-8 of a string.
  public mutating func append(_ string: String) {
    append(string.utf8)
  }

  /// Appends a string given as raw memory.
  public mutating func append(raw: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: raw)
    offsets.append(UInt64(bytes.count))
  }
}
