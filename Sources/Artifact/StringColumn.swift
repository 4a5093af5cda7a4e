/// Byte strings side by side: a view into the memory of a ``TensorSet``, which must outlive it.
public struct StringColumn: @unchecked Sendable {
  /// [count + 1], beginning with 0, never decreasing, ending with the number of bytes; checked by ``TensorSet``.
  let offsets: UnsafeBufferPointer<UInt64>
  let bytes: UnsafeRawBufferPointer

  /// Strings in the column.
  public var count: Int { offsets.count - 1 }

  /// The bytes of one string, as they were written, valid UTF-8 or not. `index` must be below ``count``.
  public subscript(index: Int) -> UnsafeRawBufferPointer {
    precondition(index >= 0 && index < count, "string \(index) of \(count)")
    let begin = Int(truncatingIfNeeded: offsets[index])
    let end = Int(truncatingIfNeeded: offsets[index + 1])
    return UnsafeRawBufferPointer(rebasing: bytes[begin..<end])
  }

  /// One string as text; invalid UTF-8 becomes U+FFFD.
  public func string(_ index: Int) -> String {
    String(decoding: self[index], as: UTF8.self)
  }
}
