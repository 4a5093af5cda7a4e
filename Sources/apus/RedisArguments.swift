import ArgumentParser
import EventLoop
import Feedback
import Serving
import Stores

/// Where replicas meet.
struct RedisArguments: ParsableArguments {
  @Option(
    name: .customLong("redis"),
    help: ArgumentHelp(
      "Redis through which replicas share their feedback: redis://[user][:password@]host[:port][/database]; none if not "
        + "given.", valueName: "url"))
  var url: String?

  @Option(
    name: .customLong("redis-prefix"),
    help: ArgumentHelp("What the names of its keys begin with; the same for all replicas.", valueName: "text"))
  var prefix = "apus"

  func validate() throws {
    guard !prefix.isEmpty else { throw ValidationError("--redis-prefix is empty") }
    _ = try parsed()
  }

  /// What makes the shared log of a server with this state folder; nil: it shares none. `say` takes sentences about it.
  func sharing(
    folder: String, seed: UInt64, say: @escaping @Sendable (String) -> Void
  ) throws -> ServerOptions.SharingMaker? {
    guard let url = try parsed() else { return nil }
    var settings = SharedLogSettings()
    settings.prefix = prefix
    return { [settings] (feedback: FeedbackService) throws(LoopError) -> any FeedbackSharing in
      try SharedLog(feedback: feedback, url: url, folder: folder, settings: settings, seed: seed, say: say)
    }
  }

  private func parsed() throws -> RedisURL? {
    guard let url else { return nil }
    do throws(RedisError) { return try RedisURL(url) } catch { throw ValidationError("--redis: \(error)") }
  }
}
