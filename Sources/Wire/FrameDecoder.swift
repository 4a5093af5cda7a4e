#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finds the frames in a connection's bytes. Pull style: ``append(_:)`` what was read, then ``next()`` until nil.
///
///     frame := length (4 bytes, big-endian, ≤ frameBytes), payload (length bytes, one protobuf message)
///
/// Invariant: `0 ≤ head ≤ tail ≤ capacity`; `[head, tail)` are the bytes appended and not yet returned, and `head`
/// is the first byte of a frame. Every byte is copied in once, and moved again only after at least as many bytes
/// have come since, so the whole costs O(bytes appended) however the bytes are cut.
///
/// Memory grows with what arrived, never with what a length announces: at most twice the bytes held at once, and
/// after the largest frame it shrinks back to ``Limits/retainedBufferBytes``; ``releaseIfEmpty()`` gives back that too.
public struct FrameDecoder: ~Copyable {
  /// The longest payload; frames that were begun under another limit are held to this one.
  public var frameBytes: Int
  private let retainedBytes: Int
  private var base: UnsafeMutableRawPointer?
  /// Bytes of memory held.
  public private(set) var capacity = 0
  private var head = 0
  private var tail = 0
  private var isFirstFrame = true
  private var failure: FramingError?

  /// A decoder for one connection; holds no memory until bytes come.
  public init(limits: Limits) {
    frameBytes = limits.frameBytes
    retainedBytes = limits.retainedBufferBytes
  }

  deinit { free(base) }

  /// Bytes appended and not yet returned.
  public var bufferedBytes: Int { tail - head }

  /// Whether the bytes after the last returned frame begin another: its clock is running.
  public var isMidFrame: Bool { tail > head }

  /// Takes what was read. Bytes after a framing error are dropped. - Complexity: O(bytes) amortised.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil, let source = bytes.baseAddress, bytes.count > 0 else { return }
    let start = makeRoom(for: bytes.count)
    start.copyMemory(from: source, byteCount: bytes.count)
    tail += bytes.count
  }

  /// The next frame's payload, empty for a frame of length 0, or nil until more bytes come.
  ///
  /// The pointer is valid until the next `append` or `next`. After an error every further call throws it again.
  /// - Complexity: O(1).
  public mutating func next() throws(FramingError) -> UnsafeRawBufferPointer? {
    if let failure { throw failure }
    guard let base, bufferedBytes >= Limits.framePrefixBytes else { return nil }
    let header = UInt32(bigEndian: base.loadUnaligned(fromByteOffset: head, as: UInt32.self))
    let length = Int(header)
    guard length <= frameBytes else {
      let foreign = isFirstFrame ? ForeignProtocol.ofHeader(header) : nil
      throw fail(foreign.map { .foreignProtocol($0) } ?? .frameTooLarge(length: length, limit: frameBytes))
    }
    let payload = head + Limits.framePrefixBytes
    if isFirstFrame, length >= 4, tail - payload >= 4 {
      let start = UInt32(bigEndian: base.loadUnaligned(fromByteOffset: payload, as: UInt32.self))
      if let foreign = ForeignProtocol.ofPayload(start) { throw fail(.foreignProtocol(foreign)) }
    }
    guard tail - payload >= length else { return nil }
    head = payload + length
    isFirstFrame = false
    return UnsafeRawBufferPointer(start: base + payload, count: length)
  }

  /// Gives the memory back where nothing is buffered; the payload returned last is gone with it.
  public mutating func releaseIfEmpty() {
    guard !isMidFrame else { return }
    free(base)
    (base, capacity, head, tail) = (nil, 0, 0, 0)
  }

  private mutating func fail(_ error: FramingError) -> FramingError {
    failure = error
    free(base)
    (base, capacity, head, tail) = (nil, 0, 0, 0)
    return error
  }

  /// Memory for `count` bytes at `tail`, by moving to the front, growing or shrinking.
  private mutating func makeRoom(for count: Int) -> UnsafeMutableRawPointer {
    let held = bufferedBytes
    let needed = held + count
    let isOversized = capacity > retainedBytes && needed <= retainedBytes
    if let base, !isOversized {
      if tail + count <= capacity { return base + tail }
      // Moving pays only once the front half is free; otherwise the buffer doubles instead.
      if needed <= capacity, head >= held {
        base.copyMemory(from: base + head, byteCount: held)
        (head, tail) = (0, held)
        return base + tail
      }
    }
    let grown = isOversized ? retainedBytes : max(needed + held, 1_024)
    guard let moved = malloc(grown) else { fatalError("no memory for \(grown) bytes of a frame") }
    if let base { moved.copyMemory(from: base + head, byteCount: held) }
    free(base)
    (base, capacity, head, tail) = (moved, grown, 0, held)
    return moved + held
  }
}
