import EventLoop
import RedisSupport
import Testing

@testable import Stores

@Suite(.serialized) struct RedisBatchTests {
  init() { ProcessSignals.ignoreBrokenPipe() }

  @Test("Many commands through a small window and a small buffer all arrive, in order")
  func windows() throws {
    let server = try RedisServer()
    for (window, bytes) in [(1, 1 << 20), (7, 1 << 20), (256, 1 << 20), (100_000, 3_000)] {
      var settings = RedisSettings.patient
      settings.maxOutputBytes = bytes
      let batch = try RedisBatch(url: try RedisURL(server.url), settings: settings, window: window)
      #expect(try batch.ask(words("FLUSHALL")) == .status("OK"))
      var replies: [RedisReply] = []
      for number in 0..<3_000 {
        try batch.send([Array("RPUSH".utf8), Array("list".utf8), Array("\(number)".utf8)]) { replies.append($0) }
      }
      try batch.finish()
      #expect(replies == (1...3_000).map { .integer($0) })
      let list = try batch.ask(words("LRANGE list 0 -1"))
      #expect(list.asArray?.map(\.asText) == (0..<3_000).map { "\($0)" })
      batch.close()
      batch.close()
      #expect(throws: RedisError.closed) { try batch.send(words("PING")) }
    }
  }

  @Test("A Redis that is not there, or ends in the middle, is an error, not a wait")
  func failures() throws {
    let server = try RedisServer(starts: false)
    var settings = RedisSettings()
    settings.connectMillis = 100
    let url = try RedisURL(server.url)
    #expect { try RedisBatch(url: url, settings: settings) } throws: { "\($0)".lowercased().contains("refused") }
    try server.start()
    let batch = try RedisBatch(url: url, settings: .patient)
    #expect {
      for number in 0..<1_000_000 {
        try batch.send(words("INCR n"))
        if number == 5_000 { server.kill() }
      }
    } throws: { error in
      if case .disconnected = error as? RedisError { true } else { false }
    }
    #expect(throws: (any Error).self) { try batch.finish() }
  }

  @Test("A server error is the batch's error, and a command that can never fit is refused")
  func refusals() throws {
    let server = try RedisServer()
    let url = try RedisURL(server.url)
    let batch = try RedisBatch(url: url, settings: .patient)
    _ = try batch.ask(words("SET a x"))
    #expect { try batch.ask(words("INCR a")) } throws: { if case .server? = $0 as? RedisError { true } else { false } }
    let other = try RedisBatch(url: url, settings: .patient)
    #expect(throws: RedisError.outputFull) {
      try other.send([Array("SET".utf8), [1], [UInt8](repeating: 0, count: 2 << 20)])
    }
  }
}
