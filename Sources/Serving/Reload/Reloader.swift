import EventLoop
import Feedback
import Foundation
import Kernels
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
  }

  private let options: ServerOptions
  private let state: Monitor<State>
  // The thread's alone.
  private let replacer: ModelReplacer

  /// Of a server that serves `served`, from this file if it has one.
  init(_ options: ServerOptions, served: ServedModel, file: ModelFile?, feedback: FeedbackService) {
    self.options = options
    replacer = ModelReplacer(options, file: file, version: served.model.version, feedback: feedback)
    var first = State()
    first.status.modelLoadedAtSeconds = served.loadedAtSeconds
    state = Monitor(first)
  }

  /// The workers, with what each serves now. Once, before anything is asked for.
  func attach(_ workers: [Worker]) {
    replacer.attach(workers)
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
    NamedThread.start("reload", stackBytes: 8 << 20) { [self] in
      ThreadPriority.lower()
      options.lifecycle(.reloading)
      while let next = next() { run(next) }
      if !isClosing { options.lifecycle(.ready) }
    }
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
      let (loadedAt, previous) = (replacer.loadedAtSeconds, replacer.previousVersion)
      state.change {
        $0.status.lastError = ""
        guard isNew else { return }
        $0.status.done += 1
        $0.status.modelLoadedAtSeconds = loadedAt
        $0.status.previousVersion = previous
      }
      options.say(
        isNew
          ? "model \(reloaded.modelVersion) is served, in place of \(reloaded.previousVersion)"
          : "model \(reloaded.modelVersion) is served already; nothing was changed")
    case .failure(let error) where error.isRefusal:
      state.change {
        $0.status.lastError = "\(error)"
        $0.status.refused += 1
      }
      options.say("a model was refused, and \(replacer.version) stays: \(error)")
    case .failure: break
    }
  }

  /// Waits before another attempt; false where something else is to be done meanwhile.
  private func pause(millis: UInt64) -> Bool {
    let end = Loop.monotonicNanos() + millis * 1_000_000
    return state.wait(until: { $0.isClosing || $0.waiting != nil }, orAt: end) { !$0.isClosing && $0.waiting == nil }
  }

  /// What is to happen between two pieces of a load, so that it leaves calls what they need.
  private func makingWay() -> () -> Void {
    let allowed = Processors.allowed
    // Where the kernel does not say what the process may use, all of the machine.
    let processors = allowed.isEmpty ? ProcessInfo.processInfo.activeProcessorCount : allowed.count
    let pacer = LoadPacer(
      processors: min(options.workers, processors), backlog: replacer.backlogNanos, isHurried: { [self] in isClosing })
    let place = LoaderPlace(allowed: allowed, workers: replacer.workerProcessors)
    place.pieceBegins()
    return {
      place.pieceDone()
      pacer.pieceDone()
      place.pieceBegins()
    }
  }

  private func replace(_ request: ReloadRequest) throws(ReloadError) -> Reloaded {
    var pauses = request.isPatient ? options.limits.reloadPausesMillis : []
    // One for all attempts: how long it has been patient is kept.
    let makeWay = makingWay()
    while true {
      do throws(ReloadError) {
        return try LongWork.whenPieceDone(makeWay) { () throws(ReloadError) in
          try replacer.replace(request.source) { isClosing }
        }
      } catch {
        guard error.mayBeUnfinished, !pauses.isEmpty else { throw error }
        guard pause(millis: pauses.removeFirst()) else { throw .superseded }
      }
    }
  }
}
