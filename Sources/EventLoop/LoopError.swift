import Glibc

/// What can go wrong between the process and the kernel's sockets.
public enum LoopError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text is not an address; `reason` says why.
  case badAddress(text: String, reason: String)
  /// Nobody can be accepted at this address; `code` is an errno.
  case cannotListen(address: String, code: Int32)
  /// A call to the system failed; `code` is an errno.
  case system(operation: String, code: Int32)
  /// The loop is closed or closing, nothing new can be attached to it.
  case loopClosed(operation: String)

  /// One line, with the offending value.
  public var description: String {
    switch self {
    case .badAddress(let text, let reason): "\"\(text)\" is not an address: \(reason)"
    case .cannotListen(let address, let code): "cannot listen on \(address): \(Self.reason(of: code))"
    case .system(let operation, let code): "\(operation) failed: \(Self.reason(of: code))"
    case .loopClosed(let operation): "\(operation) failed: the event loop is closed"
    }
  }

  /// An error from a negative libuv status, which on Linux is a negated errno.
  init(_ operation: String, status: Int32) {
    self = .system(operation: operation, code: status == .min ? EINVAL : -status)
  }

  /// The system's words for an errno, in lower case so that they can end a sentence; reentrant.
  static func reason(of code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      guard let base = buffer.baseAddress else { return "error \(code)" }
      base.initialize(repeating: 0, count: buffer.count)
      guard strerror_r(code, base, buffer.count - 1) == 0 else { return "error \(code)" }
      let text = String(cString: base)
      return text.prefix(1).lowercased() + text.dropFirst()
    }
  }
}
