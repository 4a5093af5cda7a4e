/// Finds the calls in a stream of frames that comes in pieces.
struct CallFinder {
  private static let prefixBytes = 4

  private var bytes: [UInt8] = []
  /// The stream is not one of frames: nothing in it is a call.
  private var isLost = false

  /// Gives `found` each call that is whole with this piece, without the frame's length.
  mutating func take(_ piece: UnsafeRawBufferPointer, found: (UnsafeRawBufferPointer) -> Void) {
    if isLost { return }
    bytes.append(contentsOf: piece)
    var start = 0
    while bytes.count - start >= Self.prefixBytes {
      let length = bytes[start..<start + Self.prefixBytes].reduce(0) { $0 << 8 | Int($1) }
      if length > Recording.longestCall {
        isLost = true
        bytes = []
        return
      }
      let begin = start + Self.prefixBytes
      guard bytes.count - begin >= length else { break }
      bytes[begin..<begin + length].withUnsafeBytes { found($0) }
      start = begin + length
    }
    bytes.removeFirst(start)
  }
}
