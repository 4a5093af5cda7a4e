import ServerSupport
import Foundation
import Glibc

/// One process that a test started. Its output goes to files, so that nothing has to be read while it runs.
final class ChildProcess: @unchecked Sendable {
  let pid: pid_t
  private let output = try? TemporaryFolder()
  private let lock = NSLock()
  private var status: Int32?

  /// Starts `executable` with standard input at its end.
  init(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil
  ) throws {
    guard let output else { throw TestFailure("no temporary folder") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    // Test threads may block signals, and a child would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let flags = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 1, output.file("stdout"), flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, output.file("stderr"), flags, 0o600)

    var variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // The sanitizer would keep freed memory aside, and a test of memory would see it. Leaks of the product count even
    // where those of the test runner are passed over.
    let sanitizer = [
      variables["ASAN_OPTIONS"], "quarantine_size_mb=1:thread_local_quarantine_size_kb=64:detect_leaks=1",
    ]
    variables["ASAN_OPTIONS"] = sanitizer.compactMap { $0 }.joined(separator: ":")
    let leaks = [
      variables["LSAN_OPTIONS"],
      "suppressions=\(Repository.root)/Tests/Fixtures/leaks-of-libraries.txt:print_suppressions=0",
    ]
    variables["LSAN_OPTIONS"] = leaks.compactMap { $0 }.joined(separator: ":")
    // posix_spawn has no portable way to start in another folder; env(1) becomes the program after changing there.
    let line = (folder.map { ["/usr/bin/env", "-C", $0] } ?? []) + [executable] + arguments
    let words = line.map { strdup($0) } + [nil]
    let pairs = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in words + pairs { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, line[0], &actions, &attributes, words, pairs)
    guard code == 0 else { throw TestFailure("\(executable) did not start: \(String(cString: strerror(code)))") }
    self.pid = pid
  }

  deinit {
    if poll() == nil {
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
    }
  }

  var standardOutput: String { output?.text(of: "stdout") ?? "" }
  var standardError: String { output?.text(of: "stderr") ?? "" }

  /// The exit code (128 + signal after a violent death), or nil while it runs.
  func poll() -> Int32? {
    lock.withLock {
      if let status { return status }
      var raw: Int32 = 0
      guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
      let signal = raw & 0x7F
      status = signal == 0 ? (raw >> 8) & 0xFF : 128 + signal
      return status
    }
  }

  /// Waits for the end; throws, and kills, after so many seconds.
  func wait(seconds: Double = 120) throws -> Int32 {
    let end = ContinuousClock.now + .seconds(seconds * Executables.patience)
    while ContinuousClock.now < end {
      if let status = poll() { return status }
      usleep(2_000)
    }
    signal(SIGKILL)
    throw TestFailure("process \(pid) did not end within \(seconds) s; it said: \(standardError.suffix(2_000))")
  }

  func signal(_ number: Int32) {
    if poll() == nil { kill(pid, number) }
  }
}

/// Runs a binary of the product to its end.
func runCommand(
  _ arguments: [String], executable: String = "apus", environment: [String: String] = [:], folder: String? = nil
) throws -> (status: Int32, stdout: String, stderr: String) {
  let child = try ChildProcess(
    Executables.path(executable), arguments, environment: environment, folder: folder)
  let status = try child.wait()
  return (status, child.standardOutput, child.standardError)
}
