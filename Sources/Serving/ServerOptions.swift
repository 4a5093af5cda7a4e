import EventLoop
import Feedback
import Ranking
import Wire

/// Everything a server is told when it starts.
public struct ServerOptions: Sendable {
  /// The model file.
  public var modelPath: String
  /// `host:port`, where port 0 takes any free one, or `unix:/path`.
  public var listenAddress: String
  /// Further addresses to listen on.
  public var otherAddresses: [String] = []
  /// A file of tokens, one of which clients at TCP must show; nil: whoever can connect is served.
  public var tokenPath: String?
  /// Users, beside the server's own, that may connect to its Unix sockets.
  public var allowedUsers: [UInt32] = []
  /// Where to say what happens while the server runs, in one line; any thread.
  public var say: @Sendable (String) -> Void = { _ in }
  /// Folder of the feedback log; created if absent.
  public var stateFolder: String
  /// How much of the feedback log is kept although a snapshot holds it.
  public var logRetention = LogRetention()
  /// Event loops, each on its own thread.
  public var workers: Int
  /// The bounds of everything.
  public var limits: Limits
  /// What feedback does to the order.
  public var policy: BanditPolicy
  /// What changes scores after the signals, besides feedback.
  public var steps = StepSettings()
  /// Seed of exploration; each worker derives its own.
  public var seed: UInt64
  /// Program and version, for Describe.
  public var serverVersion: String
  /// What counts as now.
  public var now = Now.clock

  /// The folder whose model files a reload call may name; nil: it may name none.
  public var reloadFolder: String?
  /// Whether a model file that is moved to ``modelPath`` is loaded by itself.
  public var watchesModel = false

  /// Told, on any thread, when the server begins to serve, to load another model, and to go down.
  public var lifecycle: @Sendable (Lifecycle) -> Void = { _ in }

  /// What a supervisor wants to know.
  public enum Lifecycle: Sendable {
    /// It serves; after a reload too, whatever came of it.
    case ready
    /// It serves, and loads another model.
    case reloading
    /// It takes no more calls.
    case draining
  }
  /// What is watched while serving, and whom to tell.
  public var watch = WatchOptions()

  /// Makes what shares feedback with other replicas; nil: nothing does.
  public var sharing: SharingMaker?

  /// Called once, with what is to be shared.
  public typealias SharingMaker = @Sendable (FeedbackService) throws(LoopError) -> any FeedbackSharing

  /// Makes a worker's store of recommendations made beforehand, on the worker's loop; nil: there is none.
  public var recommendationStore: StoreMaker?

  /// Called once a worker, before its loop runs.
  public typealias StoreMaker = @Sendable (Loop) throws(LoopError) -> any RecommendationStore

  /// The time that ages and decay are measured from.
  public enum Now: Sendable, Equatable {
    /// The system's clock.
    case clock
    /// The newest row of the model's training data: for logs of long ago.
    case model
    /// Unix seconds, not 0.
    case fixed(Int64)
  }

  /// Options without defaults of their own: the command line has them.
  public init(
    modelPath: String, listenAddress: String, stateFolder: String, workers: Int, limits: Limits = Limits(),
    policy: BanditPolicy = BanditPolicy(), seed: UInt64, serverVersion: String
  ) {
    self.modelPath = modelPath
    self.listenAddress = listenAddress
    self.stateFolder = stateFolder
    self.workers = max(1, workers)
    self.limits = limits
    self.policy = policy
    self.seed = seed
    self.serverVersion = serverVersion
  }
}
