import Artifact
import EventLoop
import Feedback
import Foundation
import Kernels
import Ranking
import Wire

/// Replaces the model that is served: loads the new one beside the old on a thread of its own, verifies and warms it,
/// and hands it to the workers, each of which changes between two calls. What cannot be served is refused, and the old
/// model stays.
///
/// One reload runs at a time. What is asked for meanwhile waits, and of several waiting requests the latest counts.
/// The model before is kept as its open file, not in memory: to go back is a reload of that file.
final class Reloader: @unchecked Sendable {
  /// What a request came to, told once, on any thread.
  typealias Completion = @Sendable (Result<Reloaded, ReloadError>) -> Void

  /// A model's file, and what was in it.
  private struct Origin {
    let file: ModelFile
    let version: String
  }

  private struct Waiting {
    var request: ReloadRequest
    var completions: [Completion]
  }

  private struct State {
    var status = ReloadsDescription()
    var waiting: Waiting?
    /// Who waits for the reload that runs.
    var running: [Completion] = []
    var isRunning = false
    var isClosing = false
    /// Workers that have not yet changed over.
    var unchanged = 0
  }

  private let options: ServerOptions
  private let feedback: FeedbackService
  private let room: MemoryRoom
  private let state: Monitor<State>
  // Set before the server runs.
  private var workers: [Worker] = []
  // The thread's alone: what is served, with each worker's memory, and where both models came from.
  private var models: [WorkerModel] = []
  private var current: Origin?
  private var previous: Origin?
  private var seeds: SeededGenerator

  /// Of a server that serves `served`, from this file if it has one.
  init(_ options: ServerOptions, served: ServedModel, file: ModelFile?, feedback: FeedbackService, room: MemoryRoom) {
    (self.options, self.feedback, self.room) = (options, feedback, room)
    current = file.map { Origin(file: $0, version: served.model.version) }
    seeds = SeededGenerator(seed: ~options.seed)
    var first = State()
    first.status.modelLoadedAtSeconds = served.loadedAtSeconds
    state = Monitor(first)
  }

  /// The workers, with what each serves now. Once, before anything is asked for.
  func attach(_ workers: [Worker]) {
    self.workers = workers
    models = workers.map(\.servedModel)
    for worker in workers { worker.reloader = self }
  }

  /// The file that a call names, if it may: relative to the folder of such files, and within it.
  func allowed(_ path: String) throws(ReloadError) -> String {
    guard let folder = options.reloadFolder else { throw .pathNotAllowed(path: path, folder: nil) }
    guard let root = realPath(folder), let file = realPath(path.hasPrefix("/") ? path : "\(folder)/\(path)"),
      file.hasPrefix(root == "/" ? root : root + "/")
    else { throw .pathNotAllowed(path: path, folder: folder) }
    return file
  }

  private func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// What there is to tell. Any thread.
  var status: ReloadsDescription { state.change { $0.status } }
  /// Whether the server goes down. Any thread.
  var isClosing: Bool { state.change { $0.isClosing } }

  /// Asks for another model. Any thread; returns at once. `completion` may be called before that.
  func request(_ request: ReloadRequest, completion: Completion? = nil) {
    let added = completion.map { [$0] } ?? []
    let (superseded, isClosing, starts) = state.change { state -> ([Completion], Bool, Bool) in
      if state.isClosing { return ([], true, false) }
      var superseded: [Completion] = []
      if state.waiting?.request == request {
        state.waiting?.completions += added
      } else {
        superseded = state.waiting?.completions ?? []
        state.waiting = Waiting(request: request, completions: added)
      }
      defer { state.isRunning = true }
      state.status.isInProgress = true
      return (superseded, false, !state.isRunning)
    }
    for completion in superseded { completion(.failure(.superseded)) }
    if isClosing { completion?(.failure(.closing)) }
    if starts { start() }
  }

  /// Takes no more requests, and tells everybody who waits; a reload that runs ends by itself. Any thread.
  func close() {
    let completions = state.change { state in
      state.isClosing = true
      defer { (state.waiting, state.running) = (nil, []) }
      return state.running + (state.waiting?.completions ?? [])
    }
    for completion in completions { completion(.failure(.closing)) }
  }

  // MARK: The thread

  private func start() {
    let thread = Thread { [self] in
      ThreadPriority.lower()
      while let next = next() { run(next) }
    }
    thread.name = "reload"
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// The next request, or nil when there is none and the thread ends.
  private func next() -> ReloadRequest? {
    state.change { state in
      let next = state.waiting
      (state.waiting, state.running) = (nil, next?.completions ?? [])
      state.isRunning = next != nil
      state.status.isInProgress = state.isRunning
      return next?.request
    }
  }

  private func run(_ request: ReloadRequest) {
    let result: Result<Reloaded, ReloadError>
    do throws(ReloadError) {
      result = .success(try replace(request))
    } catch {
      result = .failure(error)
    }
    note(result)
    let completions = state.change { state in
      defer { state.running = [] }
      return state.running
    }
    for completion in completions { completion(result) }
  }

  /// Keeps the outcome for Describe, and says it.
  private func note(_ result: Result<Reloaded, ReloadError>) {
    switch result {
    case .success(let reloaded):
      let isNew = reloaded.modelVersion != reloaded.previousVersion
      state.change {
        $0.status.lastError = ""
        if isNew { $0.status.done += 1 }
      }
      options.notice(
        isNew
          ? "model \(reloaded.modelVersion) is served, in place of \(reloaded.previousVersion)"
          : "model \(reloaded.modelVersion) is served already; nothing was changed")
    case .failure(let error) where error.isRefusal:
      state.change {
        $0.status.lastError = "\(error)"
        $0.status.refused += 1
      }
      options.notice("a model was refused, and \(current?.version ?? "the one before") stays: \(error)")
    case .failure: break
    }
  }

  /// Waits before another attempt; false where something else is to be done meanwhile.
  private func pause(millis: UInt64) -> Bool {
    let end = Loop.monotonicNanos() + millis * 1_000_000
    return state.wait(until: { $0.isClosing || $0.waiting != nil }, orAt: end) { !$0.isClosing && $0.waiting == nil }
  }

  private func checkOpen() throws(ReloadError) {
    if state.change({ $0.isClosing }) { throw .closing }
  }

  // MARK: One reload

  private func replace(_ request: ReloadRequest) throws(ReloadError) -> Reloaded {
    var pauses = request.isPatient ? options.limits.reloadPausesMillis : []
    while true {
      do throws(ReloadError) { return try replace(request.source) } catch {
        guard error.mayBeUnfinished, !pauses.isEmpty else { throw error }
        guard pause(millis: pauses.removeFirst()) else { throw .superseded }
      }
    }
  }

  private func replace(_ source: ReloadRequest.Source) throws(ReloadError) -> Reloaded {
    let before = models[0].served.model.version
    let file = try open(source)
    let model = try load(file)
    if source == .previous, let previous, model.version != previous.version {
      throw .overwritten(path: file.path, got: model.version, expected: previous.version)
    }
    // The file to go back to stays what it is.
    if model.version == before { return Reloaded(modelVersion: before, previousVersion: before) }
    let made = try prepare(model, path: file.path)
    try checkOpen()
    swap(to: made)
    previous = current
    current = Origin(file: file, version: model.version)
    state.change { [previous] in
      $0.status.modelLoadedAtSeconds = made[0].served.loadedAtSeconds
      $0.status.previousVersion = previous?.version ?? ""
    }
    ProcessMemory.giveBack()
    return Reloaded(modelVersion: model.version, previousVersion: before)
  }

  private func open(_ source: ReloadRequest.Source) throws(ReloadError) -> ModelFile {
    let path: String
    switch source {
    case .configured: path = options.modelPath
    case .file(let named): path = named
    case .previous:
      guard let previous else { throw .noPrevious }
      return previous.file
    }
    do throws(ArtifactError) { return try ModelFile(path: path) } catch {
      throw .model(.modelFile(path: path, error))
    }
  }

  private func load(_ file: ModelFile) throws(ReloadError) -> Model {
    let bytes: Int
    do throws(ArtifactError) { bytes = try file.byteCount() } catch {
      throw .model(.modelFile(path: file.path, error))
    }
    try room.check(bytes: options.limits.reloadBytes(file: bytes, workers: options.workers))
    do throws(ServerError) { return try ModelLoader.load(file) } catch { throw .model(error) }
  }

  /// Everything that the workers need of the model, warm.
  private func prepare(_ model: Model, path: String) throws(ReloadError) -> [WorkerModel] {
    try checkOpen()
    let served: ServedModel
    do throws(StepError) { served = try ServedModel(model, options: options) } catch { throw .model(.steps(error)) }
    var made: [WorkerModel] = []
    for before in models {
      let model = WorkerModel(served, limits: options.limits, seed: seeds.next())
      do throws(ModelError) { try model.warm(after: before) } catch { throw .model(.model(path: path, error)) }
      made.append(model)
    }
    return made
  }

  /// Hands each worker its own, tells feedback, and waits until nobody uses what was served before, which is then let
  /// go of here.
  private func swap(to made: [WorkerModel]) {
    let served = made[0].served
    state.change { $0.unchanged = workers.count + 1 }
    let done: @Sendable () -> Void = { [self] in state.change { $0.unchanged -= 1 } }
    feedback.serve(asOf: served.asOf, learner: served.learner) { _ in done() }
    for (worker, model) in zip(workers, made) {
      if !worker.post(.serve(model, done)) { done() }
    }
    state.wait(until: { $0.unchanged <= 0 || $0.isClosing }) { _ in }
    models = made
  }
}
