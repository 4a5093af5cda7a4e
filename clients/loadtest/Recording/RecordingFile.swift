import ApusClient
import Foundation

/// Writes calls and their times into a file; from several threads, in the order of time.
///
/// The lock covers one append to a buffer, so that recording disturbs little of what it records.
final class RecordingFile: @unchecked Sendable {
  private let lock = NSLock()
  private let file: FileHandle
  private let path: String
  private var buffer: [UInt8] = []
  private var start: Int64?
  private var isBroken = false
  private(set) var calls = 0

  init(path: String) throws(LoadError) {
    self.path = path
    guard FileManager.default.createFile(atPath: path, contents: Data(Recording.magic)),
      let file = FileHandle(forWritingAtPath: path), (try? file.seekToEnd()) != nil
    else { throw .file(path: path, reason: "cannot be written") }
    self.file = file
  }

  /// Times count from here; without it, from the first call.
  func begin(at nanos: Int64) { lock.withLock { start = nanos } }

  func add(_ call: UnsafeRawBufferPointer, connection: UInt32) {
    lock.withLock {
      let now = Clock.monotonicNanos()
      let begin = start ?? now
      start = begin
      append(UInt64(max(0, now - begin)))
      append(connection)
      append(UInt32(call.count))
      buffer.append(contentsOf: call)
      calls += 1
      if buffer.count >= 1 << 20 { write() }
    }
  }

  /// Writes what is left; says whether everything is in the file.
  func close() throws(LoadError) {
    lock.lock()
    defer { lock.unlock() }
    write()
    try? file.close()
    if isBroken { throw .file(path: path, reason: "could not be written whole") }
  }

  private func write() {
    do { try file.write(contentsOf: buffer) } catch { isBroken = true }
    buffer.removeAll(keepingCapacity: true)
  }

  private func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { buffer.append(contentsOf: $0) }
  }
}

/// One connection's part of a recording: what the client library shows is written into the file.
final class RecordingTap {
  private let file: RecordingFile
  private let connection: UInt32

  init(file: RecordingFile, connection: UInt32) {
    self.file = file
    self.connection = connection
  }

  /// From here on every call that `client` queues is recorded; this object must live as long as that goes on.
  func attach(to client: OpaquePointer) {
    apus_set_tap(
      client,
      { context, call, length in
        guard let context else { return }
        let tap = Unmanaged<RecordingTap>.fromOpaque(context).takeUnretainedValue()
        tap.file.add(UnsafeRawBufferPointer(start: call, count: length), connection: tap.connection)
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}
