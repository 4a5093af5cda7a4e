import FuzzSupport
import Glibc
import Wire

/// A connection's bytes, cut into pieces: whatever they are, the frames found do not depend on the cuts, are within the limit,
/// and the memory held is in proportion to what came.
///
/// Input: which limits, how it is cut, then the stream.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let (choice, seed) = (input.byte(), input.byte())
  var limits = Limits()
  limits.frameBytes = [64, 300, 5_000, 1 << 20][Int(choice & 3)]
  limits.retainedBufferBytes = [1_024, 1_500, 4_096, 32 << 10][Int(choice >> 2 & 3)]
  let stream = input.rest

  let whole = FrameReader(limits, longestPiece: max(1, stream.count), seed: 0).read(stream)
  let cut = FrameReader(limits, longestPiece: 1 + Int(seed) * Int(seed) / 16, seed: seed).read(stream)
  hold(whole == cut, "\(whole) at once and \(cut) in pieces")
  hold(whole.error != nil || whole.end + whole.left == stream.count, "bytes that are gone")
  return 0
}

/// What came out of a stream.
private struct FramesFound: Equatable {
  /// Bytes of each frame.
  var lengths: [Int] = []
  /// Where the last one ends in the stream.
  var end = 0
  var error: FramingError?
  var left = 0
}

/// Feeds a decoder piece by piece, and takes what is there after each.
private struct FrameReader {
  private let limits: Limits
  private let longestPiece: Int
  private var dice: FuzzDice

  init(_ limits: Limits, longestPiece: Int, seed: UInt8) {
    (self.limits, self.longestPiece) = (limits, longestPiece)
    dice = FuzzDice(seed)
  }

  consuming func read(_ stream: UnsafeRawBufferPointer) -> FramesFound {
    var decoder = FrameDecoder(limits: limits)
    var found = FramesFound()
    var (place, most) = (0, 0)
    while place < stream.count {
      let end = min(stream.count, place + (longestPiece >= stream.count ? longestPiece : 1 + dice.below(longestPiece)))
      decoder.append(UnsafeRawBufferPointer(rebasing: stream[place..<end]))
      place = end
      most = max(most, decoder.bufferedBytes)
      hold(
        decoder.capacity <= max(limits.retainedBufferBytes, 1_024, 2 * most),
        "\(decoder.capacity) bytes of memory for \(most)")
      do throws(FramingError) {
        while let frame = try decoder.next() { take(frame, of: stream, &found) }
      } catch {
        hold(found.error == nil || found.error == error, "\(error) after another error")
        hold(decoder.capacity == 0 && decoder.bufferedBytes == 0, "memory after an error")
        found.error = error
      }
    }
    found.left = decoder.bufferedBytes
    return found
  }

  private func take(_ frame: UnsafeRawBufferPointer, of stream: UnsafeRawBufferPointer, _ found: inout FramesFound) {
    hold(frame.count <= limits.frameBytes, "a frame of \(frame.count) bytes")
    let start = found.end + Limits.framePrefixBytes
    found.end = start + frame.count
    hold(found.end <= stream.count, "a frame that ends at \(found.end)")
    if let base = stream.baseAddress, let bytes = frame.baseAddress {
      hold(memcmp(base + start, bytes, frame.count) == 0, "a frame that is not in the stream")
    }
    found.lengths.append(frame.count)
  }
}
