import ArgumentParser
import EventLoop
import Feedback
import Foundation
import Ranking
import Serving
import Stores
import Training

/// `apus serve`: the server.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve rankings of a model over the binary RPC.",
    discussion: """
      Examples:
        apus serve --model model.safetensors
        apus serve --model model.safetensors --listen 127.0.0.1:7500 --workers 2 --state /var/lib/apus
        apus serve --model model.safetensors --listen unix:/run/apus/apus.sock --allow-uid 33
        apus serve --model model.safetensors --listen 0.0.0.0:7411 --listen unix:/run/apus.sock --token-file tokens
        apus serve --model model.safetensors --epsilon 0        (no exploration)
        apus serve --model model.safetensors --bandit epsilon-greedy --bandit-worth sum
        apus serve --model model.safetensors --author-penalty 0.5 --out-of-network -0.3
        apus serve --model model.safetensors --fatigue 0.5 --author-fatigue 0.1   (what was shown already loses weight)
        apus serve --model model.safetensors --weights retweet=2,reply=5,hide=-10
        apus serve --model model.safetensors --redis redis://127.0.0.1:6379   (feedback shared with replicas, lists of
                                                                          apus precompute)
        apus serve --model model.safetensors --watch            (loads what is renamed to model.safetensors)
        apus serve --model model.safetensors --memory-limit 2GiB --watchdog-exit-seconds 10
        apus serve --model model.safetensors --learn            (corrects the blend from feedback)

      Prints one line when it is ready. SIGTERM and SIGINT drain: calls in flight are answered, feedback is made \
      durable, exit code 0; asked twice, or after some seconds, it ends at once. SIGHUP loads the model file anew.
      """)

  @Option(help: ArgumentHelp("Model file written by apus train.", valueName: "file"))
  var model: String

  @OptionGroup(title: "Clients")
  var clients: ClientArguments

  @OptionGroup(title: "Another model")
  var reload: ReloadArguments

  @Option(help: ArgumentHelp("Folder of the feedback log; made if it is not there.", valueName: "folder"))
  var state = "apus-state"

  @OptionGroup(title: "Feedback log")
  var retention: RetentionArguments

  @OptionGroup(title: "Redis")
  var redis: RedisArguments

  @Option(help: "Event loops, each on its own thread.")
  var workers = 1

  @OptionGroup(title: "What feedback does to the order")
  var bandit: BanditArguments

  @OptionGroup(title: "Watching")
  var watching: WatchArguments

  @OptionGroup(title: "Steps")
  var steps: StepArguments

  @Flag(help: "Learn a correction of the blend from feedback that names its request; kept in the state folder.")
  var learn = false

  @OptionGroup(title: "Learning")
  var learning: LearningArguments

  @Option(
    help: ArgumentHelp(
      "What counts as now for ages and decay: clock, model (the newest row of its training data, for logs of long ago), "
        + "or Unix seconds.", valueName: "clock|model|time"))
  var now = "clock"

  @Option(help: "Seed of exploration; the default is drawn anew at each start.")
  var seed: UInt64?

  func validate() throws {
    guard (1...256).contains(workers) else { throw ValidationError("--workers \(workers) is not in 1 to 256") }
    if Self.now(now) == nil { throw ValidationError("--now \(now) is not clock, model or a time in Unix seconds") }
    try learning.validate(isOn: learn, flag: "--learn")
  }

  func run() throws {
    let journal = Journal(descriptor: STDERR_FILENO, prefix: "apus: ")
    // Not longer than this: where nobody reads standard error, the server ends all the same.
    defer { journal.close(withinSeconds: 1) }
    if ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"] != nil {
      journal.say("SWIFT_DETERMINISTIC_HASHING is set: clients can choose ids that collide, and slow the server down")
    }
    var options = ServerOptions(
      modelPath: model, listenAddress: clients.listen[0], stateFolder: state, workers: workers,
      policy: bandit.policy, seed: seed ?? UInt64.random(in: .min ... .max), serverVersion: ApusCommand.version)
    clients.apply(to: &options)
    options.say = { journal.say($0) }
    options.logRetention = retention.retention
    options.now = Self.now(now) ?? .clock
    options.watchesModel = reload.watch
    options.reloadFolder = reload.reloadFolder
    options.lifecycle = Supervisor.tell
    options.steps = try steps.settings()
    options.steps.learning = learn ? learning.rates : nil
    options.sharing = try redis.sharing(folder: state, seed: options.seed) { journal.say($0) }
    if let url = try redis.url() { options.recommendationStore = Self.store(url, prefix: redis.listPrefix) }
    options.watch = watching.options(journal: journal, notifier: SystemdNotifier())
    do throws(ServerError) {
      let server = try Server(options)
      for note in server.startupNotes + [server.memoryNote] { journal.say(note) }
      journal.say("listening on \(server.addresses.joined(separator: ", ")); \(server.summary)")
      server.run()
      // Its watchers are gone: another signal must not spoil the exit code.
      for signal in [SIGINT, SIGTERM, SIGHUP] { ProcessSignals.ignore(signal) }
      for note in server.closingNotes { journal.say(note) }
      journal.say("drained")
    } catch {
      journal.flush(withinSeconds: 1)
      throw Self.exit(error)
    }
  }

  private static func store(_ url: RedisURL, prefix: String) -> ServerOptions.StoreMaker {
    { loop in RedisRecommendationStore(loop: loop, url: url, prefix: prefix, seed: .random(in: .min ... .max)) }
  }

  /// Times are in the years 1 to 9999, and 0 is not one.
  static func now(_ text: String) -> ServerOptions.Now? {
    switch text {
    case "clock": return .clock
    case "model": return .model
    default:
      guard let seconds = Int64(text), seconds != 0, UnixTime.years.contains(seconds) else {
        return nil
      }
      return .fixed(seconds)
    }
  }

  static func exit(_ error: ServerError) -> ExitCode {
    switch error {
    case .modelFile(let path, let error): Failure.modelFile(path, error)
    case .model: Failure.badData.exit("\(error)")
    case .steps(let reason): Failure.usage.exit("\(reason)")
    case .feedback(let reason): failure(reason).exit("\(error)")
    case .tokens(.unreadable): Failure.noInput.exit("\(error)")
    case .tokens(.unusable): Failure.badData.exit("\(error)")
    case .loop: Failure.unavailable.exit("\(error)")
    }
  }

  /// A log that is damaged, or none of ours, is bad data; all else keeps the folder from being written.
  private static func failure(_ error: FeedbackError) -> Failure {
    switch error {
    case .notALog, .unknownVersion, .badNode, .otherNode: .badData
    default: .cannotCreate
    }
  }
}
