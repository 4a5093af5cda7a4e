import Artifact
import EventLoop
import Feedback
import Kernels
import Ranking

/// Loads a model beside the one that is served, and puts it in its place, or finds out why not. Confined to the loader's
/// thread, on which the model before is also freed.
final class ModelReplacer {
  /// A model's file, and what was in it.
  private struct Origin {
    let file: ModelFile
    let version: String
  }

  /// How often it is looked whether the server goes down while workers change over.
  private static let lookNanos: UInt64 = 50_000_000

  private let options: ServerOptions
  private let feedback: FeedbackService
  private let room = MemoryRoom()
  private var workers: [Worker] = []
  /// What is served, with each worker's memory.
  private var models: [WorkerModel] = []
  /// Where that came from, and the model before it.
  private var current: Origin?
  private var previous: Origin?
  private var seeds: SeededGenerator
  /// The model that is served.
  private(set) var version: String
  /// Unix seconds at which it was ready.
  private(set) var loadedAtSeconds: Int64 = 0

  /// Where this version is served, from this file if it has one.
  init(_ options: ServerOptions, file: ModelFile?, version: String, feedback: FeedbackService) {
    (self.options, self.feedback, self.version) = (options, feedback, version)
    current = file.map { Origin(file: $0, version: version) }
    seeds = SeededGenerator(seed: ~options.seed)
  }

  /// The workers, with what each serves now. Once, before the thread.
  func attach(_ workers: [Worker]) {
    self.workers = workers
    models = workers.map(\.servedModel)
  }

  /// Work that waits for the worker for which most waits.
  func backlogNanos() -> UInt64 { workers.map(\.metrics.queue.workNanos).max() ?? 0 }

  /// The processors that workers were last seen on.
  func workerProcessors() -> [Int] { workers.map(\.metrics.activity.lastProcessor) }

  /// The model that can be gone back to; empty: none.
  var previousVersion: String { previous?.version ?? "" }

  /// Serves what the source holds, and returns when nobody uses what was served before; or throws, and that is served on.
  /// Time is linear in the model's size. `isClosing` is asked now and then.
  func replace(_ source: ReloadRequest.Source, isClosing: () -> Bool) throws(ReloadError) -> Reloaded {
    let before = version
    let file = try open(source)
    let model = try load(file)
    if source == .previous, let previous, model.version != previous.version {
      throw .overwritten(path: file.path, got: model.version, expected: previous.version)
    }
    // The file to go back to stays what it is.
    if model.version == before { return Reloaded(modelVersion: before, previousVersion: before) }
    if isClosing() { throw .closing }
    let served: ServedModel
    do throws(StepError) { served = try ServedModel(model, options: options) } catch { throw .model(.steps(error)) }
    let made = try prepare(served, path: file.path)
    if isClosing() { throw .closing }
    swap(to: made, of: served, isClosing: isClosing)
    previous = current
    (current, version) = (Origin(file: file, version: model.version), model.version)
    loadedAtSeconds = served.loadedAtSeconds
    // The model before has been freed, which was a piece, and this is another.
    LongWork.pieceDone()
    HeapMemory.giveBack()
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
  private func prepare(_ served: ServedModel, path: String) throws(ReloadError) -> [WorkerModel] {
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
  private func swap(to made: [WorkerModel], of served: ServedModel, isClosing: () -> Bool) {
    let unchanged = Monitor(workers.count + 1)
    let done: @Sendable () -> Void = { unchanged.change { $0 -= 1 } }
    feedback.serve(asOf: served.asOf, learner: served.learner) { _ in done() }
    for (worker, model) in zip(workers, made) {
      if !worker.post(.serve(model, done)) { done() }
    }
    // A worker that ends meanwhile does not say so.
    while !isClosing() {
      let end = Loop.monotonicNanos() + Self.lookNanos
      if unchanged.wait(until: { $0 <= 0 }, orAt: end, then: { $0 <= 0 }) { break }
    }
    models = made
  }
}
