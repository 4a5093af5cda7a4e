import Glibc

/// What can go wrong with recording feedback.
public enum FeedbackError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The state folder cannot be created, opened or written; `code` is an errno.
  case cannotUse(folder: String, operation: String, code: Int32)
  /// Another process, or another part of this one, records in this folder.
  case folderInUse(folder: String)
  /// The file is not a feedback log.
  case notALog(path: String, reason: String)
  /// The file is a feedback log of another version.
  case unknownVersion(path: String, got: UInt32, expected: UInt32)
  /// The file that names this node among replicas does not.
  case badNode(path: String)
  /// The file does not have the name that the log or the snapshot beside it has.
  case otherNode(path: String, name: UInt64)
  /// Reading or writing the log failed and the log is as it was before; `code` is an errno.
  case inputOutput(path: String, operation: String, code: Int32)
  /// The system could not make durable what it had accepted, twice in a row; `code` is an errno. The next append tries
  /// anew, elsewhere.
  case poisoned(path: String, operation: String, code: Int32)
  /// A ranking has more than the log takes of one.
  case entryTooLarge(requestID: UInt64)
  /// More events wait for the disk than may.
  case queueFull(limit: Int)
  /// The system has no thread for the writer; `code` is an errno.
  case noThread(code: Int32)
  /// Recording has ended.
  case closed

  /// One line, with the offending value.
  public var description: String {
    switch self {
    case .cannotUse(let folder, let operation, let code):
      "cannot keep feedback in \(folder): \(operation): \(Self.reason(of: code))"
    case .folderInUse(let folder): "cannot keep feedback in \(folder): another server uses this folder"
    case .notALog(let path, let reason): "\(path) is not a feedback log: \(reason)"
    case .unknownVersion(let path, let got, let expected):
      "\(path) is a feedback log of version \(got), this program knows version \(expected)"
    case .badNode(let path):
      "\(path) should be 16 hexadecimal digits, the name of this node; restore it from a copy, or move the whole folder away"
    case .otherNode(let path, let name):
      "\(path) is of another folder, or an old copy: the log beside it belongs to node \(name.hexadecimal); restore the right "
        + "one, or remove it, and it is made from the log"
    case .inputOutput(let path, let operation, let code): "cannot \(operation) \(path): \(Self.reason(of: code))"
    case .poisoned(let path, let operation, let code):
      "cannot \(operation) \(path): \(Self.reason(of: code)); what was to be recorded is not safe"
    case .entryTooLarge(let id): "ranking \(id) is too large for the log"
    case .queueFull(let limit): "more than \(limit) events wait to be recorded"
    case .noThread(let code): "cannot start the feedback writer: \(Self.reason(of: code))"
    case .closed: "feedback recording has ended"
    }
  }

  /// Whether the same call may succeed after a while.
  public var isTransient: Bool {
    switch self {
    case .queueFull, .inputOutput: true
    default: false
    }
  }

  /// Whether there is no space, or the system is too busy, and nothing is said against the file.
  var isOfFullDisk: Bool {
    if case .inputOutput(_, _, let code) = self { [ENOSPC, EDQUOT, EAGAIN].contains(code) } else { false }
  }

  /// The system's words for an errno, in lower case so that they can end a sentence; reentrant.
  private static func reason(of code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      guard let base = buffer.baseAddress else { return "error \(code)" }
      base.initialize(repeating: 0, count: buffer.count)
      guard strerror_r(code, base, buffer.count - 1) == 0 else { return "error \(code)" }
      let text = String(cString: base)
      return text.prefix(1).lowercased() + text.dropFirst()
    }
  }
}
