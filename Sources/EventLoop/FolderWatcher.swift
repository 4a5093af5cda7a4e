import Glibc

/// Says when a name comes into a folder whole: moved there, or made as a link. Files that are written in place are not
/// mentioned, however often.
public final class FolderWatcher {
  /// What the kernel said of the folder.
  public enum News: Equatable, Sendable {
    /// This name came, or may have: the kernel had more to tell than it could keep.
    case came(name: String)
    /// The folder is gone from where it was; nothing more is watched.
    case lost
  }

  private static let mask = UInt32(IN_MOVED_TO) | UInt32(IN_CREATE) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
  private static let bufferBytes = 16 << 10

  private let descriptor: Int32
  private let folder: String
  private var watcher: DescriptorWatcher?
  private var handler: ((News) -> Void)?

  /// Watches until ``close()``. Throws where there is no such folder, or no more watches are to be had.
  public init(loop: Loop, folder: String, handler: @escaping (News) -> Void) throws(LoopError) {
    self.folder = folder
    self.handler = handler
    descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { throw LoopError("watching folders", status: -errno) }
    guard inotify_add_watch(descriptor, folder, Self.mask | UInt32(IN_ONLYDIR)) >= 0 else {
      let code = errno
      Descriptor.close(descriptor)
      throw LoopError("watching \(folder)", status: -code)
    }
    do throws(LoopError) {
      watcher = try DescriptorWatcher(loop: loop, descriptor: descriptor) { [unowned self] news in hear(news) }
    } catch {
      Descriptor.close(descriptor)
      throw error
    }
    watcher?.watch(readable: true, writable: false)
  }

  deinit { close() }

  /// Ends it; nothing is told any more. Loop's thread only. Idempotent.
  public func close() {
    guard let watcher else { return }
    self.watcher = nil
    handler = nil
    watcher.close()
    Descriptor.close(descriptor)
  }

  private func hear(_ news: DescriptorWatcher.News) {
    switch news {
    case .ready: for event in take() { handler?(event) }
    case .failed: handler?(.lost)
    case .loopClosed: close()
    }
  }

  /// Everything that the kernel has to tell.
  private func take() -> [News] {
    var news: [News] = []
    withUnsafeTemporaryAllocation(byteCount: Self.bufferBytes, alignment: 8) { buffer in
      while true {
        let got = read(descriptor, buffer.baseAddress, buffer.count)
        guard got > 0 else { return }
        news += events(in: UnsafeRawBufferPointer(rebasing: buffer[..<got]))
      }
    }
    return news
  }

  private func events(in bytes: UnsafeRawBufferPointer) -> [News] {
    let head = MemoryLayout<inotify_event>.size
    var news: [News] = []
    var place = 0
    while place + head <= bytes.count {
      let event = bytes.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
      let end = place + head + Int(event.len)
      guard end <= bytes.count else { return news }
      let name = String(decoding: bytes[(place + head)..<end].prefix { $0 != 0 }, as: UTF8.self)
      place = end
      if event.mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT) != 0 {
        news.append(.lost)
      } else if event.mask & UInt32(IN_MOVED_TO | IN_Q_OVERFLOW) != 0 || isLink(name) {
        news.append(.came(name: name))
      }
    }
    return news
  }

  /// Whether a name that was made, and not moved, is a symbolic link: that is whole from the beginning.
  private func isLink(_ name: String) -> Bool {
    var status = stat()
    return lstat("\(folder)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
