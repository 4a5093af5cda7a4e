import Glibc

extension TensorSet {
  /// Writes the set as one safetensors file; the same set always gives the same bytes.
  ///
  /// The file appears under its name complete or not at all, also across a crash of the machine: it is written beside
  /// its place, flushed to the disk and renamed, then the folder is flushed. A file of that name is replaced.
  /// - Throws: ``ArtifactError/system(operation:path:code:)``; the unfinished file is removed.
  /// - Complexity: O(bytes); every byte is read twice, once for the checksum.
  public func write(to path: String) throws(ArtifactError) {
    let header = FileHeader(self)
    let json = header.encoded(checksum: header.checksum(data: fileOrder))
    let partialPath = "\(path).\(getpid()).partial"
    do throws(ArtifactError) {
      try writeContents(json, to: partialPath)
      guard rename(partialPath, path) == 0 else {
        throw .system(operation: "rename \(partialPath) to", path: path, code: errno)
      }
    } catch {
      unlink(partialPath)
      throw error
    }
    let folder = FileDescriptor.folder(of: path)
    try FileDescriptor(opening: folder, flags: O_RDONLY | O_DIRECTORY).synchronize()
  }

  private func writeContents(_ json: [UInt8], to path: String) throws(ArtifactError) {
    let file = try FileDescriptor(
      opening: path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644, operation: "create")
    let length = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) }
    try file.write(length)
    try file.write(json)
    for tensor in fileOrder {
      try file.write(tensor.bytes)
    }
    try file.synchronize()
  }
}

extension FileDescriptor {
  /// The folder in which a path lies.
  fileprivate static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Writes an array.
  fileprivate func write(_ bytes: [UInt8]) throws(ArtifactError) {
    // A closure cannot pass a typed error through `withUnsafeBytes`' rethrowing form, hence the result.
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(ArtifactError) in try write(raw) }
    }
    try result.get()
  }
}
