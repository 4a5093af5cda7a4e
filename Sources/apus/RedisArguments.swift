import ArgumentParser
import EventLoop
import Feedback
import Serving
import Stores

/// Which Redis, for the commands that use one.
struct RedisArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Redis: redis://[user][:password@]host[:port][/database], or unix:///path[?db=number].", valueName: "url"))
  var redis: String?

  @Option(help: ArgumentHelp("What its keys begin with; the same for all that share it.", valueName: "text"))
  var redisPrefix = "apus"

  func validate() throws {
    _ = try url()
    guard (1...64).contains(redisPrefix.utf8.count), redisPrefix.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw ValidationError("--redis-prefix is empty, longer than 64 characters, or has others than printable ASCII")
    }
  }

  /// The URL, if there is one. Messages never hold its password.
  func url() throws -> RedisURL? {
    guard let redis else { return nil }
    do throws(RedisError) { return try RedisURL(redis) } catch { throw ValidationError("--redis: \(error)") }
  }

  /// What the keys of lists begin with.
  var listPrefix: String { redisPrefix + ":" }

  /// What makes the shared log of a server with this state folder; nil: it shares none. `say` takes sentences about it.
  func sharing(
    folder: String, seed: UInt64, say: @escaping @Sendable (String) -> Void
  ) throws -> ServerOptions.SharingMaker? {
    guard let url = try url() else { return nil }
    var settings = SharedLogSettings()
    settings.prefix = redisPrefix
    return { [settings] (feedback: FeedbackService) throws(LoopError) -> any FeedbackSharing in
      try SharedLog(feedback: feedback, url: url, folder: folder, settings: settings, seed: seed, say: say)
    }
  }
}
