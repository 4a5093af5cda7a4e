import Artifact
import Glibc
import Ranking
import Synchronization

/// Learns a correction of the blend from feedback on what was shown, while serving.
///
/// Workers say what they showed (``remember(requestID:_:)``) and copy the correction when it has changed
/// (``refresh(_:)``); the feedback log's writer thread, and nobody else, learns, saves and publishes. An item is learned
/// from once as a negative example (an impression, or a rejection without one) and once as a positive one (an event with
/// a positive reward): the gradients p·z and (p − 1)·z, and −z where the negative one was counted before.
public final class OnlineLearner: @unchecked Sendable {
  /// Steps between two saves.
  static let savePeriod: UInt64 = 1_024

  private let shown: Monitor<ShownItems>
  private let published: Published<OnlineCorrection>
  private let steps: Atomic<UInt64>
  private let strays = Atomic<UInt64>(0)
  private let failure = Monitor<ArtifactError?>(nil)
  private let model: Model
  private let path: String
  /// Where the file of the model before goes, so that it is found again when that model is.
  private let previousPath: String
  // The writer thread's alone.
  private var learner: FTRLProximal
  private var savedSteps: UInt64
  /// Whether what lies at `path` was learned for another model.
  private var isAfterAnother: Bool
  private var z: [Float]

  /// Goes on from what the folder holds for this model, which may be the one before the last; ``note`` says where it does
  /// not.
  ///
  /// - Parameters:
  ///   - model: of the `ranker` recipe.
  ///   - folder: of the state; need not exist yet.
  ///   - capacity: items that are remembered; the oldest are forgotten.
  ///   - longest: items of one answer at most.
  public init(model: Model, rates: LearningRates, folder: String, capacity: Int, longest: Int) {
    self.model = model
    path = folder + "/online.safetensors"
    let width = ShownSignals(limit: longest, model: model).width
    previousPath = folder + "/online.previous.safetensors"
    var found = SavedCorrection(path: path, model: model, rates: rates)
    isAfterAnother = found.isAnothers
    if found.isAnothers {
      let before = SavedCorrection(path: previousPath, model: model, rates: rates)
      if before.learner != nil { found = before }
    }
    learner = found.learner ?? FTRLProximal(inputs: width, rates: rates)
    note = found.note
    savedSteps = found.updates
    steps = Atomic(found.updates)
    shown = Monitor(ShownItems(capacity: capacity, width: width, longest: longest))
    published = Published(OnlineCorrection(learner))
    z = .init(repeating: 0, count: width)
  }

  /// What was found in the folder and not used, in one sentence; nil: nothing.
  public let note: String?

  /// Steps taken, those of earlier runs included. Any thread.
  public var updates: UInt64 { steps.load(ordering: .relaxed) }
  /// Events that named no item that is remembered: nothing was learned from them. Any thread.
  public var unmatched: UInt64 { strays.load(ordering: .relaxed) }
  /// Why the last save failed; nil: it did not. Any thread.
  public var saveFailure: ArtifactError? { failure.change { $0 } }

  // MARK: Workers

  /// A worker's copy of the correction.
  public struct Copy {
    fileprivate var copy: Published<OnlineCorrection>.Copy?
    /// The correction as of the last ``OnlineLearner/refresh(_:)``; nil before the first.
    public var correction: OnlineCorrection? { copy?.value }

    /// Before the first refresh.
    public init() {}
  }

  /// Brings a copy up to date; cheap where nothing has changed.
  public func refresh(_ copy: inout Copy) { published.refresh(&copy.copy) }

  /// Keeps what an answer showed, for events to refer to. O(items · signals), under a lock.
  public func remember(requestID: UInt64, _ items: ShownSignals) {
    remember(
      requestID: requestID, count: items.count, tweetIDs: items.tweetIDs, bases: items.bases, z: items.values)
  }

  /// The same, column by column.
  func remember(requestID: UInt64, count: Int, tweetIDs: [UInt64], bases: [Float], z: [Float]) {
    shown.change { $0.add(requestID: requestID, count: count, tweetIDs: tweetIDs, bases: bases, z: z) }
  }

  // MARK: The writer thread

  /// Learns from durable events, in order, then publishes. O(events · signals). `unmatched`: so many events beside them do
  /// not count.
  func learn(from events: [FeedbackEvent], unmatched: Int = 0) {
    strays.add(UInt64(unmatched), ordering: .relaxed)
    let before = updates
    for event in events { learn(from: event) }
    guard updates != before else { return }
    published.set(OnlineCorrection(learner))
  }

  private func learn(from event: FeedbackEvent) {
    guard let type = EventType(rawValue: event.type) else { return }
    let outcome: ShownItems.Outcome = type.reward > 0 ? .positive : .negative
    let found = shown.change { items in
      items.note(requestID: event.requestID, tweetID: event.tweetID, outcome, z: &z)
    }
    if !found.isKnown { strays.add(1, ordering: .relaxed) }
    guard let (before, base) = found.change else { return }
    z.withUnsafeBufferPointer { z in
      switch (before, outcome) {
      case (.negative, _): learner.step(z, slope: -1)
      default: learner.learn(z, base: base, isPositive: outcome == .positive)
      }
    }
    steps.add(1, ordering: .relaxed)
  }

  /// Takes the place of another model's learner, which has saved; counters go on.
  func follow(_ before: OnlineLearner?) {
    isAfterAnother = true
    strays.add(before?.unmatched ?? 0, ordering: .relaxed)
  }

  /// Saves if so many steps were taken since the last time.
  func save(after period: UInt64 = 1) {
    guard updates - savedSteps >= period else { return }
    // Where there is none to keep, or it cannot be kept, this one counts more.
    if isAfterAnother { _ = rename(path, previousPath) }
    isAfterAnother = false
    do throws(ArtifactError) {
      try learner.tensors(of: model, updates: updates).write(to: path)
      failure.change { $0 = nil }
    } catch {
      failure.change { $0 = error }
    }
    // After a failure too: the next try is after as many steps again.
    savedSteps = updates
  }
}
