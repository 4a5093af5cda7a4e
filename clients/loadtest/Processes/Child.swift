import Foundation

/// A process of this same program that takes a share of the run.
///
/// Of one thread.
final class Child {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var received = Data()

  init() throws(LoadError) {
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--child"]
    process.standardInput = input
    process.standardOutput = output
    do { try process.run() } catch { throw .process("no further process of apus-load: \(error)") }
  }

  deinit {
    // Its input ends, and so does it.
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  func prepare(_ plan: LoadPlan) throws(LoadError) {
    guard let line = try? JSONEncoder().encode(plan) else { throw .process("the plan cannot be handed over") }
    try write(line + Data("\n".utf8))
  }

  func start(at nanos: Int64) throws(LoadError) { try write(Data("\(nanos)\n".utf8)) }

  /// The next message, waiting for it.
  func receive() throws(LoadError) -> ChildMessage {
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        let line = received[..<end]
        received = Data(received[(end + 1)...])
        guard let message = try? ChildMessage(line: line) else {
          throw .process("a process of apus-load said '\(String(decoding: line.prefix(200), as: UTF8.self))'")
        }
        if case .failed(let reason) = message { throw .process(reason) }
        return message
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { throw .process("a process of apus-load ended early") }
      received += more
    }
  }

  private func write(_ data: Data) throws(LoadError) {
    do { try input.fileHandleForWriting.write(contentsOf: data) } catch {
      throw .process("a process of apus-load ended early")
    }
  }
}
