import EventLoop
import Foundation

@testable import Serving

/// A store in memory that answers as it is told, shared by the workers of a server; its lists may be changed by any
/// thread.
final class MemoryStore: @unchecked Sendable {
  /// How it answers.
  enum Manner {
    /// From within the question.
    case atOnce
    /// After so many milliseconds.
    case after(UInt64)
    /// Not at all.
    case never
    /// That it cannot say.
    case down
    /// Twice, although nobody may.
    case twice
  }

  private let lock = NSLock()
  private var lists: [String: [UInt8]] = [:]
  private var manner: Manner
  private var questions: [String] = []
  private var lateAnswers = 0

  init(_ manner: Manner = .atOnce) { self.manner = manner }

  /// Keys asked for so far.
  var asked: [String] { lock.withLock { questions } }
  /// Answers given after a while.
  var answeredLate: Int { lock.withLock { lateAnswers } }

  func put(_ key: String, _ bytes: [UInt8]) { lock.withLock { lists[key] = bytes } }
  func answer(_ manner: Manner) { lock.withLock { self.manner = manner } }

  /// What a server makes its workers' stores with.
  var maker: ServerOptions.StoreMaker {
    { (loop: Loop) throws(LoopError) in Desk(store: self, loop: loop) }
  }

  /// One worker's side of the store.
  final class Desk: RecommendationStore {
    private let store: MemoryStore
    private let loop: Loop
    private var timers: [LoopTimer] = []

    init(store: MemoryStore, loop: Loop) {
      self.store = store
      self.loop = loop
    }

    func fetch(key: String, deadlineNanos: UInt64, completion: @escaping (StoreAnswer) -> Void) {
      let (manner, bytes) = store.lock.withLock {
        store.questions.append(key)
        return (store.manner, store.lists[key])
      }
      func answer() {
        guard let bytes else { return completion(.missing) }
        bytes.withUnsafeBytes { completion(.found($0)) }
      }
      switch manner {
      case .atOnce: answer()
      case .down: completion(.unavailable)
      case .never: break
      case .twice:
        answer()
        completion(.missing)
      case .after(let millis):
        let timer = LoopTimer(loop: loop) { [store] in
          answer()
          store.lock.withLock { store.lateAnswers += 1 }
        }
        timers.append(timer)
        timer.start(afterMillis: millis)
      }
    }

    func close() { timers.forEach { $0.close() } }
  }
}
