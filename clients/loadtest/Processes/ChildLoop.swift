import Foundation

/// The life of a process that works for another: a plan comes on standard input, then the time to start; what was measured
/// goes to standard output. It ends with its input.
enum ChildLoop {
  static func run() throws {
    while let line = readLine() {
      guard let plan = try? JSONDecoder().decode(LoadPlan.self, from: Data(line.utf8)) else { return }
      do throws(LoadError) {
        let job = try LoadJob(plan: plan)
        say(.ready(server: job.preparation.server, notes: job.preparation.notes))
        guard let start = readLine().flatMap({ Int64($0) }) else { return }
        say(.done(try job.run(start: start)))
      } catch {
        say(.failed(error.description))
      }
    }
  }

  private static func say(_ message: ChildMessage) {
    guard let line = try? message.line() else { return }
    try? FileHandle.standardOutput.write(contentsOf: line)
  }
}
