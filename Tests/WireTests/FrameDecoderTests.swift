import ServerSupport
import Testing

@testable import Wire

@Suite("Frames")
struct FrameDecoderTests {
  let limits = Limits()

  /// Feeds the pieces and returns every frame, and the error if one ended it.
  func frames(_ pieces: [[UInt8]], limits: Limits = Limits()) -> ([[UInt8]], FramingError?) {
    var decoder = FrameDecoder(limits: limits)
    var found: [[UInt8]] = []
    for piece in pieces {
      piece.withUnsafeBytes { decoder.append($0) }
      do throws(FramingError) {
        while let payload = try decoder.next() { found.append(Array(payload)) }
      } catch {
        return (found, error)
      }
    }
    return (found, nil)
  }

  @Test("a length of 0xFFFFFFFF is refused by its four bytes, and nothing stays allocated")
  func F01_theLargestLengthIsRefusedBeforeAnyAllocation() {
    var decoder = FrameDecoder(limits: limits)
    [UInt8](repeating: 0xFF, count: 4).withUnsafeBytes { decoder.append($0) }
    #expect(decoder.capacity <= 1_024)
    var refused: FramingError?
    do throws(FramingError) { _ = try decoder.next() } catch { refused = error }
    #expect(refused == .frameTooLarge(length: 0xFFFF_FFFF, limit: 1 << 20))
    #expect(refused?.reason == .frameTooLarge)
    #expect(refused?.description.contains("4294967295") == true)
    #expect(decoder.capacity == 0)

    // Bytes after the error are dropped, and the error stays.
    [UInt8](repeating: 0, count: 100_000).withUnsafeBytes { decoder.append($0) }
    #expect(decoder.capacity == 0 && decoder.bufferedBytes == 0 && !decoder.isMidFrame)
    #expect(throws: FramingError.frameTooLarge(length: 0xFFFF_FFFF, limit: 1 << 20)) { _ = try decoder.next() }
  }

  @Test("a frame of the limit passes, one byte more is refused", arguments: [1, 100, 65_536, 1 << 20])
  func F02_theLimitIsTheLargestLengthThatPasses(limit: Int) {
    var small = Limits()
    small.frameBytes = limit
    let payload = [UInt8](repeating: 0x08, count: limit)
    let (whole, error) = frames([MessageWriter.frame(payload)], limits: small)
    #expect(whole == [payload] && error == nil)
    let (none, refusal) = frames([MessageWriter.frame(payload + [0x08])], limits: small)
    #expect(none.isEmpty && refusal == .frameTooLarge(length: limit + 1, limit: limit))

    // The length alone is refused, and nothing is allocated for what it announces.
    var decoder = FrameDecoder(limits: small)
    withUnsafeBytes(of: UInt32(limit + 1).bigEndian) { decoder.append($0) }
    #expect(decoder.capacity <= 1_024)
    #expect(throws: FramingError.frameTooLarge(length: limit + 1, limit: limit)) { _ = try decoder.next() }
    #expect(decoder.capacity == 0)
  }

  @Test("frames of length 0 come out as empty payloads, one each, in linear time and without growing")
  func F03_emptyFramesAreReturnedAsEmptyPayloads() throws {
    var decoder = FrameDecoder(limits: limits)
    let chunk = [UInt8](repeating: 0, count: 65_536)
    var count = 0
    for _ in 0..<16 {
      chunk.withUnsafeBytes { decoder.append($0) }
      while let payload = try decoder.next() {
        if !payload.isEmpty { Issue.record("a payload of \(payload.count)") }
        count += 1
      }
    }
    #expect(count == 16 * 65_536 / 4)
    #expect(decoder.capacity <= 2 * 65_536)
    #expect(decoder.isMidFrame == false)
  }

  @Test("however the bytes are cut, the frames are the same")
  func F05_everySplitOfAFrameGivesTheSameFrames() {
    let payloads = [Valid.describe, [], Valid.top, [UInt8](repeating: 0x42, count: 40)]
    let stream = payloads.flatMap { MessageWriter.frame($0) }
    for first in 0...stream.count {
      let (found, error) = frames([Array(stream[..<first]), Array(stream[first...])])
      #expect(found == payloads && error == nil, "cut at \(first)")
    }
    for first in 0...64 {
      for second in first...64 {
        let pieces = [Array(stream[..<first]), Array(stream[first..<second]), Array(stream[second...])]
        #expect(frames(pieces).0 == payloads, "cut at \(first) and \(second)")
      }
    }
    #expect(frames(stream.map { [$0] }).0 == payloads)
  }

  @Test("many large frames cut at random come out whole, and memory stays near one frame")
  func F05_randomSplitsOfManyFramesGiveTheSameFrames() throws {
    var dice = Dice(5)
    for round in 0..<40 {
      let payloads = (0..<12).map { _ in dice.bytes(Int.random(in: 0..<30_000, using: &dice)).map { $0 | 1 } }
      let stream = payloads.flatMap { MessageWriter.frame($0) }
      var decoder = FrameDecoder(limits: limits)
      var found: [[UInt8]] = []
      var at = 0
      while at < stream.count {
        let longest = [1, 3, 100, 5_000, 65_536][round % 5] + 1
        let piece = stream[at..<min(stream.count, at + Int.random(in: 1..<max(longest, 2), using: &dice))]
        at += piece.count
        Array(piece).withUnsafeBytes { decoder.append($0) }
        while let payload = try decoder.next() { found.append(Array(payload)) }
        if decoder.capacity > 4 * 65_536 { Issue.record("holds \(decoder.capacity) bytes") }
        if round % 5 == 0 && at > 3_000 { break }
      }
      let expected = payloads.prefix(found.count)
      #expect(found == Array(expected))
      if at >= stream.count { #expect(found.count == payloads.count && !decoder.isMidFrame) }
    }
  }

  @Test("a large frame that trickles in is copied a bounded number of times, and its memory is given back")
  func memoryFollowsWhatArrived() throws {
    var decoder = FrameDecoder(limits: limits)
    let frame = MessageWriter.frame([UInt8](repeating: 0x11, count: 1 << 20))
    // Announcing a mebibyte buys nothing.
    Array(frame[..<5]).withUnsafeBytes { decoder.append($0) }
    #expect(try decoder.next() == nil)
    #expect(decoder.capacity <= 1_024 && decoder.isMidFrame && decoder.bufferedBytes == 5)
    var at = 5
    while at < frame.count {
      let end = min(at + 1_000, frame.count)
      Array(frame[at..<end]).withUnsafeBytes { decoder.append($0) }
      at = end
      if decoder.capacity > 2 * at + 1_024 { Issue.record("\(decoder.capacity) bytes for \(at)") }
      if at < frame.count { #expect(try decoder.next() == nil) }
    }
    #expect(try decoder.next()?.count == 1 << 20)
    #expect(decoder.capacity <= limits.bytesPerConnection - limits.writeHardBytes)
    MessageWriter.frame([1, 2, 3]).withUnsafeBytes { decoder.append($0) }
    #expect(decoder.capacity <= limits.retainedBufferBytes)
    #expect(try decoder.next().map { Array($0) } == [1, 2, 3])
  }

  @Test("small frames of one append are taken out where they lie: nothing is moved, so the time is in proportion")
  func consumptionIsLinear() throws {
    let count = 250_000
    var decoder = FrameDecoder(limits: limits)
    [UInt8](repeating: 0, count: 4 * count).withUnsafeBytes { decoder.append($0) }
    let capacity = decoder.capacity
    var seen = 0
    var before: UnsafeRawPointer?
    while let payload = try decoder.next() {
      if let before, payload.baseAddress != before + 4 { Issue.record("frame \(seen) was moved") }
      before = payload.baseAddress
      seen += 1
    }
    #expect(seen == count && before != nil)
    #expect(decoder.capacity == capacity)
  }

  @Test("appending without taking frames out costs linear time too")
  func appendingManyTimesIsLinear() throws {
    var decoder = FrameDecoder(limits: limits)
    for _ in 0..<200_000 { [UInt8](repeating: 0, count: 4).withUnsafeBytes { decoder.append($0) } }
    #expect(decoder.bufferedBytes == 800_000 && decoder.capacity <= 1_600_000 + 1_024)
    var seen = 0
    while try decoder.next() != nil { seen += 1 }
    #expect(seen == 200_000)
  }

  @Test("a decoder without a begun frame gives all its memory back, and goes on as before")
  func F19_releasedWhenEmpty() throws {
    var decoder = FrameDecoder(limits: limits)
    let frame = [0, 0, 0, 2, 7, 8] as [UInt8]
    for cut in 0...frame.count {
      frame[..<cut].withUnsafeBytes { decoder.append($0) }
      _ = cut == frame.count ? try decoder.next() : nil
      decoder.releaseIfEmpty()
      let expected = cut > 0 && cut < frame.count
      #expect((decoder.capacity > 0) == expected, "\(cut) bytes")
      frame[cut...].withUnsafeBytes { decoder.append($0) }
      if cut < frame.count { #expect(try decoder.next().map { Array($0) } == [7, 8]) }
    }
  }

  @Test("the limit may change between two frames")
  func changedLimit() throws {
    var decoder = FrameDecoder(limits: limits)
    decoder.frameBytes = 2
    ([0, 0, 0, 2, 7, 8, 0, 0, 0, 3, 1, 2, 3] as [UInt8]).withUnsafeBytes { decoder.append($0) }
    #expect(try decoder.next().map { Array($0) } == [7, 8])
    decoder.frameBytes = 3
    #expect(try decoder.next().map { Array($0) } == [1, 2, 3])
    ([0, 0, 0, 4] as [UInt8]).withUnsafeBytes { decoder.append($0) }
    #expect(throws: FramingError.frameTooLarge(length: 4, limit: 3)) { try decoder.next()?.count }
  }

  @Test("a stream of random bytes ends in an error or in frames, never in a trap")
  func F16_aGarbageStreamEndsTheConnection() {
    var dice = Dice(16)
    var refused = 0
    for _ in 0..<2_000 {
      let stream = dice.bytes(Int.random(in: 4..<400, using: &dice))
      if frames([stream]).1 != nil { refused += 1 }
    }
    // A random length is within 1 MiB once in 4,096 streams.
    #expect(refused > 1_990)
  }
}
