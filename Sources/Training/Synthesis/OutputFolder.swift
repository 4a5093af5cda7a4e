import Glibc

/// A folder to write to.
package enum OutputFolder {
  /// Makes the folder and those above it where they are not there.
  package static func create(_ path: String) throws(TrainingError) {
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { return }
      throw .unreadableFile(path: path, reason: "not a folder")
    }
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try create(String(path[..<slash])) }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw .unreadableFile(path: path, reason: String(cString: strerror(errno)))
    }
  }
}
