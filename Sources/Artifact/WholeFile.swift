import Glibc

/// Files that appear under their name complete or not at all, also across a crash of the machine.
package enum WholeFile {
  /// Writes `bytes` as the file `path`; a file of that name is replaced.
  ///
  /// - Throws: ``ArtifactError/system(operation:path:code:)``; the unfinished file is removed.
  package static func write(_ bytes: [UInt8], to path: String) throws(ArtifactError) {
    try write(to: path) { (file) throws(ArtifactError) in try file.write(bytes) }
  }

  /// The same of what `body` writes: beside its place, flushed to the disk and renamed, then the folder is flushed.
  static func write(
    to path: String, _ body: (borrowing FileDescriptor) throws(ArtifactError) -> Void
  ) throws(ArtifactError) {
    let partialPath = "\(path).\(getpid()).partial"
    do throws(ArtifactError) {
      try fill(partialPath, body)
      guard rename(partialPath, path) == 0 else {
        throw .system(operation: "rename \(partialPath) to", path: path, code: errno)
      }
    } catch {
      unlink(partialPath)
      throw error
    }
    try FileDescriptor(opening: folder(of: path), flags: O_RDONLY | O_DIRECTORY).synchronize()
  }

  /// Creates the unfinished file; it is closed before it gets its name.
  private static func fill(
    _ path: String, _ body: (borrowing FileDescriptor) throws(ArtifactError) -> Void
  ) throws(ArtifactError) {
    let file = try FileDescriptor(
      opening: path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644, operation: "create")
    try body(file)
    try file.synchronize()
  }

  /// The folder in which a path lies.
  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

extension FileDescriptor {
  /// Writes an array.
  func write(_ bytes: [UInt8]) throws(ArtifactError) {
    // A closure cannot pass a typed error through `withUnsafeBytes`' rethrowing form, hence the result.
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(ArtifactError) in try write(raw) }
    }
    try result.get()
  }
}
