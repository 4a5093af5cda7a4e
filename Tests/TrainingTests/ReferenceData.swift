import Foundation

/// Outputs of reference implementations, kept beside the checkout on development machines; elsewhere the tests that
/// compare with them have nothing to compare with, and the same properties are tested on made-up data.
enum ReferenceData {
  static let folder: String = {
    if let folder = ProcessInfo.processInfo.environment["APUS_PARITY"] { return folder }
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    for _ in 0..<3 {
      root.deleteLastPathComponent()
      let candidate = root.appendingPathComponent("shared/parity").path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
    }
    return "shared/parity"
  }()
}
