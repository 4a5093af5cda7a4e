import Foundation
import Glibc
import ServerSupport
import Testing

@testable import Serving

@Suite("The journal")
struct JournalTests {
  /// A pipe, whose buffer holds some thousand lines.
  private final class Pipe: Sendable {
    let reading: Int32
    let writing: Int32

    init() throws {
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { throw TestFailure("pipe: errno \(errno)") }
      (reading, writing) = (ends[0], ends[1])
    }

    deinit {
      close(reading)
      close(writing)
    }

    /// Leaves no room for a single byte.
    func fill() {
      let flags = fcntl(writing, F_GETFL)
      _ = fcntl(writing, F_SETFL, flags | O_NONBLOCK)
      while write(writing, "\n", 1) > 0 {}
      _ = fcntl(writing, F_SETFL, flags)
    }

    /// Reads until a line says this.
    func lines(until last: String) throws -> [String] {
      var text: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 4_096)
      while !String(decoding: text, as: UTF8.self).hasSuffix("\(last)\n") {
        let count = read(reading, &chunk, chunk.count)
        guard count > 0 else { throw TestFailure("the pipe ended") }
        text += chunk[..<count]
      }
      return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }

  @Test("lines come out in order, each with the prefix, whole or cut at the limit")
  func F82_linesInOrder() throws {
    let pipe = try Pipe()
    let journal = Journal(descriptor: pipe.writing, prefix: "apus: ")
    let reader = Background { try pipe.lines(until: "apus: end") }
    for i in 0..<500 { journal.say("line \(i)") }
    journal.say(String(repeating: "x", count: 10_000))
    journal.say("end")
    let lines = try reader.join()
    #expect(lines.prefix(500) == (0..<500).map { "apus: line \($0)" }[...])
    #expect(lines[500].utf8.count == Journal.lineBytes && lines.count == 502)
    #expect(journal.dropped == 0)
    journal.close(withinSeconds: 10)
  }

  @Test("where nobody reads, who speaks does not wait; what was dropped is counted and said")
  func F82_nobodyReads() throws {
    let pipe = try Pipe()
    let journal = Journal(descriptor: pipe.writing)
    let total = 20_000
    pipe.fill()
    // Were this to wait for the reader, the test would not end.
    for i in 0..<total { journal.say("line \(i)") }
    #expect(!journal.flush(withinSeconds: 0.01))
    let dropped = journal.dropped
    // One batch is with the thread, another waits.
    #expect(Int(dropped) >= total - 2 * Journal.lineLimit && Int(dropped) < total)
    let reader = Background { try pipe.lines(until: "end") }
    #expect(journal.flush(withinSeconds: 30))
    journal.say("end")
    let lines = try reader.join()
    let kept = lines.filter { $0.hasPrefix("line ") }
    #expect(kept.count + Int(dropped) == total)
    #expect(kept == kept.sorted { Int($0.dropFirst(5)) ?? 0 < Int($1.dropFirst(5)) ?? 0 })
    let said = lines.filter { $0.contains("dropped here") }.compactMap { Int($0.prefix { $0.isNumber }) }
    #expect(said.reduce(0, +) == Int(dropped))
  }

  @Test("a reader that is gone, and a journal that is closed, take nothing and stop nobody")
  func F82_gone() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    close(ends[0])
    signal(SIGPIPE, SIG_IGN)
    let journal = Journal(descriptor: ends[1])
    for i in 0..<100 { journal.say("line \(i)") }
    #expect(journal.flush(withinSeconds: 30))
    journal.close(withinSeconds: 30)
    journal.say("late")
    #expect(journal.flush(withinSeconds: 30) && journal.dropped == 100)
    close(ends[1])
  }
}
