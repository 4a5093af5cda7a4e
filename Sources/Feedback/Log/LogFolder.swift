import Glibc

/// The files of a log in its folder.
struct LogFolder {
  /// The one file of a log of version 1.
  private static let oldName = "feedback.log"

  let path: String
  let files: any FileOperations

  /// Where a segment is.
  func path(of name: SegmentName) -> String { path + "/" + name.text }

  /// The segments in their order, a damaged one before the one that took its place. Throws where a log of another version is.
  func segments() throws(FeedbackError) -> [SegmentName] {
    let names = try names()
    if names.contains(Self.oldName) { try refuseOldVersion() }
    return names.compactMap { SegmentName($0) }.sorted { a, b in
      a.first == b.first ? a.isDamaged && !b.isDamaged : a.first < b.first
    }
  }

  /// Takes away what creations that did not finish have left.
  func removeUnfinished() throws(FeedbackError) {
    for name in try names() where SegmentName.isUnfinished(name) { _ = files.remove(path + "/" + name) }
  }

  /// Whose the segments are, by their headers, in their order; what is no header, or names nobody, is passed over.
  func owners() throws(FeedbackError) -> [NodeIdentity.Span] {
    var owners: [NodeIdentity.Span] = []
    for name in try segments() {
      let file = try SegmentFile(path(of: name), files: files)
      _ = try file.size()
      let header = try file.read(at: 0, count: SegmentHeader.byteCount)
      if case .sound(let owner?) = header.withUnsafeBytes({ SegmentHeader.check($0, first: name.first) }) {
        owners.append(owner)
      }
    }
    return owners
  }

  /// Makes an empty segment, in the place of one with the same name, and returns when that is durable.
  func create(first: UInt64, owner: NodeIdentity.Span?, capacity: Int) throws(FeedbackError) -> SegmentFile {
    let target = path(of: SegmentName(first: first))
    let draft = target + SegmentName.unfinished
    let file = try SegmentFile(draft, creating: true, files: files)
    do throws(FeedbackError) {
      file.preallocate(capacity, used: 0)
      try file.write(SegmentHeader.encoded(first: first, owner: owner), at: 0)
      try file.synchronize()
      let code = files.rename(draft, to: target)
      guard code == 0 else { throw .inputOutput(path: draft, operation: "rename", code: code) }
      file.path = target
      try synchronize()
    } catch {
      _ = files.remove(draft)
      throw error
    }
    return file
  }

  /// Marks a segment that is not whole; says whether that worked.
  func quarantine(_ name: SegmentName) -> SegmentName? {
    let damaged = SegmentName(first: name.first, isDamaged: true)
    guard files.rename(path(of: name), to: path(of: damaged)) == 0 else { return nil }
    // Should the new name be lost, the next start finds the damage again.
    _ = files.synchronizeFolder(path)
    return damaged
  }

  private func synchronize() throws(FeedbackError) {
    let code = files.synchronizeFolder(path)
    guard code == 0 else { throw .poisoned(path: path, operation: "flush", code: code) }
  }

  private func names() throws(FeedbackError) -> [String] {
    do throws(SystemCode) { return try files.names(in: path).get() } catch {
      throw .cannotUse(folder: path, operation: "list it", code: error.code)
    }
  }

  private func refuseOldVersion() throws(FeedbackError) {
    let file = try SegmentFile(path + "/" + Self.oldName, files: files)
    _ = try file.size()
    let version = try file.read(at: 0, count: SegmentHeader.byteCount).withUnsafeBytes(SegmentHeader.intactVersion)
    guard let version else { throw .notALog(path: file.path, reason: "it does not begin as one") }
    throw .unknownVersion(path: file.path, got: version, expected: SegmentHeader.version)
  }
}
