/// The bytes of one run, taken from the front. Where they are used up, zeros come.
public struct FuzzInput {
  /// What has not been taken.
  public private(set) var rest: UnsafeRawBufferPointer

  /// The bytes that libFuzzer hands over; they are valid during the run.
  public init(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
    rest = UnsafeRawBufferPointer(start: bytes, count: count)
  }

  /// The next byte.
  public mutating func byte() -> UInt8 {
    guard let first = rest.first else { return 0 }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
    return first
  }

  /// The next bytes, at most so many.
  public mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer {
    let taken = rest.prefix(max(0, count))
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(taken.count))
    return UnsafeRawBufferPointer(rebasing: taken)
  }
}

/// Numbers that follow from a seed: how a stream is cut, for instance, which libFuzzer need not learn byte by byte.
public struct FuzzDice {
  private var state: UInt32

  /// The sequence of a seed.
  public init(_ seed: UInt8) { state = UInt32(seed) &* 0x9E37_79B9 | 1 }

  /// A number from 0 up to and without `bound`, which is positive.
  public mutating func below(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 17
    state ^= state << 5
    return Int(state >> 8) % bound
  }
}

/// Ends the process, so that libFuzzer keeps the input, where something promised is not so.
public func hold(_ isSo: Bool, _ promise: @autoclosure () -> String, line: UInt = #line) {
  if !isSo { fatalError("broken promise: \(promise())", line: line) }
}
