import EventLoop
import RedisSupport
import Testing

@testable import Stores

/// A loop and a client on it, run by a test's thread.
final class Driver {
  let loop: Loop
  let client: RedisClient

  init(_ url: String, _ settings: RedisSettings = RedisSettings()) throws {
    ProcessSignals.ignoreBrokenPipe()
    loop = try Loop()
    client = RedisClient(loop: loop, url: try RedisURL(url), settings: settings, seed: 7)
  }

  deinit {
    client.close()
    loop.close()
  }

  func run(_ what: Comment, until condition: @escaping () -> Bool) { loop.run(what, until: condition) }

  func runUntilReady() { run("ready") { self.client.isReady } }

  /// Sends a command and runs until its result.
  func ask(_ arguments: [[UInt8]], timeoutMillis: UInt64 = 30_000) -> Result<RedisReply, RedisError> {
    var results: [Result<RedisReply, RedisError>] = []
    do throws(RedisError) {
      try client.send(arguments, timeoutMillis: timeoutMillis) { results.append($0) }
    } catch {
      return .failure(error)
    }
    #expect(results.isEmpty, "a completion from within send")
    run("a result") { !results.isEmpty }
    #expect(results.count == 1)
    return results.first ?? .failure(.closed)
  }

  func ask(_ words: String..., timeoutMillis: UInt64 = 30_000) -> Result<RedisReply, RedisError> {
    ask(words.map { Array($0.utf8) }, timeoutMillis: timeoutMillis)
  }
}

extension RedisSettings {
  /// For tests of replies: a busy machine must not look like a Redis that does not answer.
  static var patient: RedisSettings {
    var settings = RedisSettings()
    settings.connectMillis = 30_000
    settings.stallMillis = 30_000
    return settings
  }
}

func words(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }
