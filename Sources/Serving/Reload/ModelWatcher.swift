import EventLoop

/// Asks for a reload when another file comes to the model's path: renamed to it, or by a change of a symbolic link or of a
/// folder on the way. What is written to a file in place is none of its business.
///
/// The kernel tells of names that come into the folder. Once a second it is looked whether the path still leads there and
/// to the same file, for folders that were exchanged or are not there.
final class ModelWatcher {
  /// How often it is looked where the path leads.
  static let lookMillis: UInt64 = 1_000

  private let loop: Loop
  private let path: String
  private let folder: String
  private let onChange: () -> Void
  private var timer: LoopTimer?
  private var watcher: FolderWatcher?
  /// The folder that is watched.
  private var watched: ModelFile.Identity?
  /// The file that is served, or was tried last.
  private var seen: ModelFile.Identity?

  /// Watches until ``close()``, with `served` as the file that is known. Loop's thread only.
  init(loop: Loop, path: String, served: ModelFile.Identity?, onChange: @escaping () -> Void) {
    (self.loop, self.path, self.onChange) = (loop, path, onChange)
    seen = served
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    timer = LoopTimer(loop: loop) { [unowned self] in look() }
    timer?.start(afterMillis: Self.lookMillis, everyMillis: Self.lookMillis)
    watchFolder()
  }

  func close() {
    timer?.close()
    timer = nil
    watcher?.close()
    watcher = nil
  }

  private func look() {
    if ModelFile.Identity.now(at: folder) != watched { watchFolder() }
    compare()
  }

  private func compare() {
    guard let now = ModelFile.Identity.now(at: path), now != seen else { return }
    seen = now
    onChange()
  }

  private func watchFolder() {
    watcher?.close()
    watched = ModelFile.Identity.now(at: folder)
    // Without a watch the timer finds what comes.
    watcher = try? FolderWatcher(loop: loop, folder: folder) { [unowned self] news in
      switch news {
      case .came: compare()
      case .lost: watched = nil
      }
    }
  }
}
