import Foundation

/// Why a file of tokens cannot be used. No token stands in the words.
public enum TokenError: Error, CustomStringConvertible, Equatable {
  /// The system refuses it; `code` is an errno.
  case unreadable(path: String, code: Int32)
  /// It is not what it must be.
  case unusable(path: String, reason: String)

  /// One line.
  public var description: String {
    switch self {
    case .unreadable(let path, let code): "cannot read the tokens in \(path): \(String(cString: strerror(code)))"
    case .unusable(let path, let reason): "\(path) cannot be used as a file of tokens: \(reason)"
    }
  }
}
