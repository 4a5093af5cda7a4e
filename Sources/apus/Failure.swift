import ArgumentParser
import Foundation

/// How a command ends when it cannot do its work: one line on standard error and an exit code of sysexits.h.
enum Failure {
  /// The work is done and its answer is that nothing can be said; not one of sysexits.h.
  case noConclusion
  case usage
  case badData
  case noInput
  case unavailable
  case software
  case cannotCreate
  case tryAgain
  case noPermission

  var code: Int32 {
    switch self {
    case .noConclusion: 3
    case .usage: 64
    case .badData: 65
    case .noInput: 66
    case .unavailable: 69
    case .software: 70
    case .cannotCreate: 73
    case .tryAgain: 75
    case .noPermission: 77
    }
  }

  /// Prints `apus: message` and returns the error to throw.
  func exit(_ message: String) -> ExitCode {
    FileHandle.standardError.write(Data("apus: \(message)\n".utf8))
    return ExitCode(code)
  }
}
