/// Comparisons of secrets whose duration says nothing about them.
enum ConstantTime {
  /// Whether both have the same bytes. Looks at as many bytes as `secret` has, wherever the first difference is and
  /// however long `given` is.
  /// - Complexity: O(`secret.count`), always.
  static func areEqual(
    _ given: some RandomAccessCollection<UInt8>, _ secret: some RandomAccessCollection<UInt8>
  ) -> Bool {
    var difference = given.count ^ secret.count
    let last = given.count - 1
    for (offset, byte) in secret.enumerated() {
      // Past the end of what was given, something else is compared: the counts differ already.
      let other = last < 0 ? 0 : given[given.index(given.startIndex, offsetBy: min(offset, last))]
      difference |= Int(byte ^ other)
    }
    return difference == 0
  }
}
