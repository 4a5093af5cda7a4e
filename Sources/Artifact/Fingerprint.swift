import CXXHash

/// XXH3-64 over a stream of bytes, fed in pieces of any size: the same bytes give the same value however they are cut.
public final class Fingerprint {
  private let state: OpaquePointer

  /// Begins an empty stream.
  public init() {
    guard let state = XXH3_createState() else { preconditionFailure("no memory for a hash state of 576 bytes") }
    self.state = state
    XXH3_64bits_reset(state)
  }

  deinit {
    XXH3_freeState(state)
  }

  /// Takes in the next bytes of the stream.
  public func update(_ bytes: UnsafeRawBufferPointer) {
    XXH3_64bits_update(state, bytes.baseAddress, bytes.count)
  }

  /// The hash of everything so far; the stream may go on.
  public var value: UInt64 { XXH3_64bits_digest(state) }

  /// ``value`` as 16 hexadecimal digits.
  public var hexadecimal: String { value.hexadecimal }
}

extension UInt64 {
  /// 16 hexadecimal digits, lower case.
  public var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
