import ArgumentParser
import Stores

/// Which Redis, for the commands that use one.
struct RedisArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Redis: redis://[user][:password@]host[:port][/database], or unix:///path[?db=number].", valueName: "url"))
  var redis: String?

  @Option(help: ArgumentHelp("What the keys in Redis begin with.", valueName: "text"))
  var redisPrefix = "apus:"

  func validate() throws {
    _ = try url()
    guard redisPrefix.utf8.count <= 64, redisPrefix.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw ValidationError("--redis-prefix is longer than 64 characters, or has others than printable ASCII")
    }
  }

  /// The URL, if there is one. Messages never hold its password.
  func url() throws -> RedisURL? {
    guard let redis else { return nil }
    do throws(RedisError) { return try RedisURL(redis) } catch { throw ValidationError("--redis: \(error)") }
  }
}
