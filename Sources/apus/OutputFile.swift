import Foundation

/// Whether a file could be written, asked before long work begins.
enum OutputFile {
  /// Why `path` cannot be written, as one line; nil where nothing speaks against it.
  static func obstacle(_ path: String) -> String? {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return "cannot write \(path): it is a folder" }
    let folder = (path as NSString).deletingLastPathComponent
    let parent = folder.isEmpty ? "." : folder
    guard stat(parent, &status) == 0 else {
      return "cannot write \(path): folder \(parent): \(String(cString: strerror(errno)))"
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return "cannot write \(path): \(parent) is not a folder" }
    guard access(parent, W_OK | X_OK) == 0 else {
      return "cannot write \(path): folder \(parent): \(String(cString: strerror(errno)))"
    }
    return nil
  }
}
