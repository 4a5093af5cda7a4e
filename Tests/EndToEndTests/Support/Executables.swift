import ServerSupport
import Foundation
import Glibc

/// The binaries under test: those that were built beside the running tests, whatever the build folder is.
enum Executables {
  static func path(_ name: String) throws -> String {
    var starts = ["/proc/self/exe", CommandLine.arguments.first ?? ""]
    starts += Bundle.allBundles.map(\.bundlePath)
    for start in starts where !start.isEmpty {
      var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath().deletingLastPathComponent()
      for _ in 0..<4 {
        let candidate = folder.appendingPathComponent(name).path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue,
          FileManager.default.isExecutableFile(atPath: candidate)
        {
          return candidate
        }
        folder.deleteLastPathComponent()
      }
    }
    throw TestFailure("no executable \(name) beside the tests: \(starts)")
  }

  /// Whether the tests, and with them the binaries, were built with a sanitizer of addresses or threads: slower and larger.
  static let areSanitized = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil

  /// How much longer than usual things may take here.
  static var patience: Double { areSanitized ? 5 : 1 }
}
