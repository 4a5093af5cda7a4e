import ServerSupport
import Foundation
import Glibc

/// A real server on a free port of the loopback interface, with a state folder of its own.
final class ServerProcess: Sendable {
  let port: UInt16
  let stateFolder: String
  private let child: ChildProcess
  private let ownedFolder: TemporaryFolder

  /// Starts `apus serve` and waits until it says that it listens.
  ///
  /// - Parameters:
  ///   - arguments: further options, such as `["--epsilon", "0"]`.
  ///   - wrapper: a program that replaces itself by the server, such as `["/usr/bin/prlimit", "--nofile=100"]`.
  init(
    _ arguments: [String] = [], model: String? = nil, stateFolder: String? = nil, under wrapper: [String] = []
  ) throws {
    ownedFolder = try TemporaryFolder()
    self.stateFolder = stateFolder ?? ownedFolder.file("state")
    let model = try model ?? SampleModel.shared().modelPath
    let line =
      try wrapper + [Executables.path("apus"), "serve", "--model", model, "--listen", "127.0.0.1:0", "--state"]
      + [self.stateFolder]
      // Replies of one test are compared with each other: no time may pass between them.
      + (arguments.contains("--now") ? [] : ["--now", "model"]) + arguments
    child = try ChildProcess(line[0], Array(line.dropFirst()))
    let end = ContinuousClock.now + .seconds(60 * Executables.patience)
    while ContinuousClock.now < end {
      if let port = Self.port(in: child.standardError) {
        self.port = port
        return
      }
      if let status = child.poll() {
        throw TestFailure("the server ended with \(status): \(child.standardError)")
      }
      usleep(5_000)
    }
    throw TestFailure("the server did not become ready: \(child.standardError)")
  }

  /// Reads `apus: listening on 127.0.0.1:PORT; …`, or `…, further addresses; …`, once the line is complete.
  private static func port(in text: String) -> UInt16? {
    guard
      let line = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .first(where: { $0.hasPrefix("apus: listening on ") })
    else { return nil }
    return UInt16(line.prefix { $0 != ";" && $0 != "," }.split(separator: ":").last ?? "")
  }

  var pid: pid_t { child.pid }
  var address: String { "127.0.0.1:\(port)" }
  var standardError: String { child.standardError }
  var isRunning: Bool { child.poll() == nil }

  /// SIGTERM, then the exit code; 128 + signal if it died otherwise.
  @discardableResult
  func stop(seconds: Double = 30) throws -> Int32 {
    child.signal(SIGTERM)
    return try child.wait(seconds: seconds)
  }

  func signal(_ number: Int32) { child.signal(number) }
  func wait(seconds: Double = 30) throws -> Int32 { try child.wait(seconds: seconds) }

  /// Waits until something is so, a minute at most; throws with what the server said.
  func awaitUntil(_ what: @autoclosure () -> String, _ isTrue: () throws -> Bool) throws {
    try ServerSupport.awaitUntil(
      what(), seconds: 60 * Executables.patience, last: { String(standardError.suffix(2_000)) }, isTrue)
  }

  /// Bytes of the process that are in memory.
  var residentBytes: Int {
    let words = Self.words(of: "/proc/\(pid)/statm")
    return words.count > 1 ? (Int(words[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
  }

  /// Address space of the process now, in bytes.
  var virtualBytes: Int {
    (Self.words(of: "/proc/\(pid)/statm").first.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
  }

  /// The most address space that the process has had, in bytes: an allocation shows here even while it is untouched.
  var peakVirtualBytes: Int {
    let lines = textOfFile("/proc/\(pid)/status").split(separator: "\n")
    let peak = lines.first { $0.hasPrefix("VmPeak:") }
    return (peak?.split(whereSeparator: { !$0.isNumber }).first).flatMap { Int($0) }.map { $0 << 10 } ?? 0
  }

  /// Whether a signal has stopped all threads.
  var isStopped: Bool {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
    return !tasks.isEmpty
      && tasks.allSatisfy { task in
        let stat = textOfFile("/proc/\(pid)/task/\(task)/stat")
        return stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].dropFirst(2).first == "T"
      }
  }

  /// Processor time that the process has used, over all threads.
  var processorSeconds: Double {
    // The second field is the name in parentheses; utime and stime are the 14th and 15th.
    let words = Self.words(of: "/proc/\(pid)/stat")
    guard words.count > 14, let user = Double(words[13]), let system = Double(words[14]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func words(of path: String) -> [Substring] {
    textOfFile(path).split(separator: " ")
  }
}
