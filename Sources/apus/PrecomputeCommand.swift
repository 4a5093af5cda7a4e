import ArgumentParser
import EventLoop
import Foundation
import Ranking
import Serving
import Stores

/// `apus precompute`: lists of recommendations into a Redis.
struct PrecomputeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "precompute", abstract: "Rank the catalogue for every user and keep the lists in Redis.",
    discussion: """
      A server that is started with the same --redis answers Recommend from these lists, ranked anew as of the moment. \
      Lists name the model that made them: those of another model are not used, so precompute after each training.

      Models of the classic recipe: every tweet is compared for every user, and the lists are exactly the best by the \
      server's own scores (without bandit and feedback), ties included. Models of the ranker recipe: the best of 5000 \
      candidates, found as a server finds its 1000. With --exhaustive every tweet is scored with all signals, which is \
      exact for any model, and slow. Tweets that the training log knows the user to have engaged with, or to have \
      written, are in no list.

      Examples:
        apus precompute --model model.safetensors --redis redis://127.0.0.1:6379
        apus precompute --model model.safetensors --redis redis://:secret@cache:6379/2 --limit 500 --ttl 172800
        apus precompute --model model.safetensors --redis unix:///run/redis.sock --users active.txt
        apus precompute --model model.safetensors --dry-run --json      (ranks, writes nothing)

      Redis may go away meanwhile for up to a minute; a command that was stopped may be run again.
      """)

  @Option(help: ArgumentHelp("Model file written by apus train.", valueName: "file"))
  var model: String

  @OptionGroup var redis: RedisArguments

  @Option(
    help: ArgumentHelp(
      "Users, one key a line; - is standard input. The default is all of the model.", valueName: "file"))
  var users: String?

  @Option(help: "How many tweets a list has at most.")
  var limit = 200

  @Option(help: ArgumentHelp("How long a list is kept.", valueName: "seconds"))
  var ttl: Int64 = 86_400

  @Option(help: "Threads; the default is one per core.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Score every tweet with all signals.")
  var exhaustive = false

  @Flag(help: "Rank, and write nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "What counts as now: clock, model (the newest row of its training data), or Unix seconds.",
      valueName: "clock|model|time"))
  var now = "clock"

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func validate() throws {
    guard (1...StoredRecommendations.largestCount).contains(limit) else {
      throw ValidationError("--limit \(limit) is not in 1 to \(StoredRecommendations.largestCount)")
    }
    guard (1...31_536_000).contains(ttl) else { throw ValidationError("--ttl \(ttl) is not in 1 to 31536000") }
    guard (1...256).contains(threads) else { throw ValidationError("--threads \(threads) is not in 1 to 256") }
    if ServeCommand.now(now) == nil {
      throw ValidationError("--now \(now) is not clock, model or a time in Unix seconds")
    }
    if redis.redis == nil, !dryRun { throw ValidationError("--redis is missing; --dry-run does without") }
  }

  func run() throws {
    ProcessSignals.ignoreBrokenPipe()
    let began = Date()
    let loaded = try load()
    let (rows, unknown) = try rows(in: loaded)
    let writer = try dryRun ? nil : connect()
    let time: Int64 =
      switch ServeCommand.now(now) ?? .clock {
      case .clock: Int64(began.timeIntervalSince1970)
      case .model: 0
      case .fixed(let seconds): seconds
      }
    let ranker = BatchRanker(model: loaded, limit: limit, time: time, isExhaustive: exhaustive, threads: threads)
    let progress = RateBar(stage: "ranking", unit: "users", total: rows.count)
    var done = 0
    var bytes = 0
    while done < rows.count {
      let end = min(rows.count, done + ranker.usersAtATime)
      let lists = ranker.rank(Array(rows[done..<end]), madeAt: Int64(Date().timeIntervalSince1970))
      let values = zip(rows[done..<end], lists).map { row, list in
        (
          key: redis.listPrefix
            + StoredRecommendations.key(modelHash: list.modelHash, userID: loaded.users.ids[Int(row)]),
          bytes: list.bytes
        )
      }
      bytes += values.reduce(0) { $0 + $1.bytes.count }
      do throws(RedisError) { try writer?.write(values) } catch {
        progress.clear()
        throw Self.exit(error, "after \(done) of \(rows.count) users: ")
      }
      done = end
      progress.update(done)
    }
    writer?.close()
    let summary = PrecomputeSummary(
      users: rows.count, unknownUsers: unknown, modelVersion: loaded.version, method: ranker.method.rawValue,
      isExact: ranker.method != .candidates, limit: limit, ttlSeconds: ttl, bytes: bytes,
      written: dryRun ? 0 : rows.count, retries: writer?.retries ?? 0,
      seconds: progress.seconds, usersPerSecond: progress.rate, totalSeconds: Date().timeIntervalSince(began))
    progress.finish(detail: "\(Int(summary.usersPerSecond)) users/s on \(ranker.threads) threads")
    if json { try JSONOutput.print(summary) } else { print(summary.sentence) }
  }

  private func load() throws -> Model {
    do throws(ServerError) { return try ModelLoader.load(path: model) } catch { throw ServeCommand.exit(error) }
  }

  /// Rows of the users asked for, each once, in the order of the file; and how many of them the model lacks.
  private func rows(in model: Model) throws -> (rows: [UInt32], unknown: Int) {
    guard let users else { return ((0..<model.users.count).map { UInt32($0) }, 0) }
    var keys = KeyBook()
    var seen: Set<UInt64> = []
    let rows = try KeyFile.read(users).map { keys.id(of: $0) }.filter { seen.insert($0).inserted }
      .map { model.users.row(of: $0) }
    let known = rows.filter { $0 != ModelSchema.noRow }
    return (known, rows.count - known.count)
  }

  private func connect() throws -> RedisValueWriter? {
    guard let url = try redis.url() else { return nil }
    do throws(RedisError) {
      return try RedisValueWriter(url: url, ttlSeconds: ttl) { error in
        FileHandle.standardError.write(Data("apus: \(error); trying again\n".utf8))
      }
    } catch { throw Failure.unavailable.exit("\(error)") }
  }

  /// What was there and is no longer may come back; all else needs somebody to do something.
  private static func exit(_ error: RedisError, _ prefix: String) -> ExitCode {
    let failure: Failure =
      switch error {
      case .timeout, .disconnected, .breakerOpen: .tryAgain
      default: .unavailable
      }
    return failure.exit("\(prefix)\(error)")
  }
}
