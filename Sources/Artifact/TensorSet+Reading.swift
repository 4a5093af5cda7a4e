import Glibc
import Kernels

extension TensorSet {
  /// Bytes read at a time: a piece is still in the CPU's cache when the checksum passes over it.
  private static let pieceBytes = 256 << 10

  /// Reads and verifies a model file.
  ///
  /// The bytes are read straight to their final place in anonymous memory (huge pages, every tensor 64-byte aligned,
  /// sealed read-only), so the file may be replaced, truncated or deleted afterwards. Nothing is served unverified:
  /// header syntax, names, types, shapes, offsets without gap or overlap, file size and the checksum of every byte.
  /// - Throws: ``ArtifactError`` that says what is wrong; no content of a file can stop the process.
  /// - Complexity: O(bytes) time; memory for the tensors plus at most 16 MiB of header.
  public static func read(path: String) throws(ArtifactError) -> TensorSet {
    // Without O_NONBLOCK the opening of a named pipe would wait for a writer.
    try read(FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK))
  }

  /// The same of a file that is open, from its first byte, whatever has become of its name.
  package static func read(_ file: borrowing FileDescriptor) throws(ArtifactError) -> TensorSet {
    let (set, got) = try read(file, isOurs: true)
    guard got == set.version else { throw .checksum(got: got, expected: set.version) }
    return set
  }

  /// Reads a safetensors file that another program wrote, such as Python's `safetensors`: with all checks but that of the
  /// checksum, which only our own files have. ``version`` is then that of its bytes.
  public static func read(foreign path: String) throws(ArtifactError) -> TensorSet {
    try read(FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK), isOurs: false).set
  }

  /// The set and the checksum of its bytes; of a file of ours the set's version is what the file says it should be.
  private static func read(
    _ file: borrowing FileDescriptor, isOurs: Bool
  ) throws(ArtifactError) -> (set: TensorSet, checksum: String) {
    let fileBytes = try file.regularFileSize()
    try file.rewind()
    var json = try readHeader(file, fileBytes: fileBytes, isOurs: isOurs)
    var expected: String?
    if isOurs {
      expected = String(decoding: json[FileHeader.checksumPlace], as: UTF8.self)
      json.replaceSubrange(FileHeader.checksumPlace, with: ContentChecksum.blank.utf8)
    }
    var checksum = ContentChecksum()
    checksum.update(header: json)

    let header = try HeaderParser.parse(json)
    let dataBytes = try header.verifiedDataBytes()
    let expectedBytes = FileHeader.lengthBytes + json.count + dataBytes
    guard fileBytes >= expectedBytes else {
      throw .truncated(expectedBytes: expectedBytes, got: fileBytes)
    }
    guard fileBytes == expectedBytes else {
      throw .trailingBytes(expectedBytes: expectedBytes, got: fileBytes)
    }
    let (memory, tensors) = try place(header.entries)
    for tensor in tensors {
      try read(tensor, from: file, checksum: &checksum, expectedBytes: expectedBytes)
    }
    memory.seal()
    let got = checksum.hex
    return (
      TensorSet(tensors: tensors, memory: memory, metadata: header.metadata, version: expected ?? got), got
    )
  }

  /// Reads the header's bytes, once its length and, in a file of ours, its beginning are those of a model.
  private static func readHeader(
    _ file: borrowing FileDescriptor, fileBytes: Int, isOurs: Bool
  ) throws(ArtifactError) -> [UInt8] {
    guard fileBytes > 0 else {
      throw .notAModel(reason: "the file is empty")
    }
    let lengthBytes = try read(FileHeader.lengthBytes, from: file)
    let length = lengthBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let smallest = isOurs ? FileHeader.checksumPlace.upperBound : 2
    guard let headerBytes = Int(exactly: length), headerBytes >= smallest, headerBytes <= FileHeader.byteLimit else {
      throw .headerLength(got: length, limit: FileHeader.byteLimit)
    }
    guard FileHeader.lengthBytes + headerBytes <= fileBytes else {
      throw .truncated(expectedBytes: FileHeader.lengthBytes + headerBytes, got: fileBytes)
    }
    if !isOurs { return try read(headerBytes, from: file) }
    guard (FileHeader.lengthBytes + headerBytes) % FileHeader.alignment == 0 else {
      throw .notAModel(reason: "header length \(length) leaves the data unaligned")
    }
    let json = try read(headerBytes, from: file)
    guard json.starts(with: FileHeader.opening) else {
      throw .notAModel(reason: "the header does not begin with \(String(decoding: FileHeader.opening, as: UTF8.self))")
    }
    return json
  }

  /// Reads exactly so many bytes.
  private static func read(
    _ count: Int, from file: borrowing FileDescriptor
  ) throws(ArtifactError) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { buffer.deallocate() }
    let got = try file.read(into: buffer)
    guard got == count else {
      throw .truncated(expectedBytes: count, got: got)
    }
    return Array(buffer)
  }

  /// Gives every tensor a 64-byte aligned place in one piece of memory. The entries' sizes are verified.
  private static func place(
    _ entries: [FileHeader.Entry]
  ) throws(ArtifactError) -> (PageMemory, [Tensor]) {
    var offsets: [Int] = []
    var total = 0
    for entry in entries {
      offsets.append(total)
      let (end, overflow) = total.addingReportingOverflow(entry.end - entry.begin + FileHeader.alignment - 1)
      guard !overflow else { throw .outOfMemory(bytes: .max) }
      total = end & ~(FileHeader.alignment - 1)
    }
    guard let memory = PageMemory(byteCount: total) else {
      throw .outOfMemory(bytes: total)
    }
    let tensors = zip(entries, offsets).map { entry, offset in
      let range = offset..<(offset + entry.end - entry.begin)
      let bytes = UnsafeRawBufferPointer(rebasing: memory.bytes[range])
      return Tensor(name: entry.name, type: entry.type, shape: entry.shape, bytes: bytes)
    }
    return (memory, tensors)
  }

  /// Fills a tensor piece by piece and adds the pieces to the checksum.
  private static func read(
    _ tensor: Tensor, from file: borrowing FileDescriptor, checksum: inout ContentChecksum, expectedBytes: Int
  ) throws(ArtifactError) {
    let bytes = UnsafeMutableRawBufferPointer(mutating: tensor.bytes)
    var start = 0
    while start < bytes.count {
      let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<min(start + pieceBytes, bytes.count)])
      let got = try file.read(into: piece)
      guard got == piece.count else {
        // Someone shortened the file after its size was taken.
        throw .truncated(expectedBytes: expectedBytes, got: expectedBytes - bytes.count + start + got)
      }
      checksum.update(UnsafeRawBufferPointer(piece))
      start += piece.count
      LongWork.pieceDone()
    }
  }
}
