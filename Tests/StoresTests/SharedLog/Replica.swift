import EventLoop
import Foundation
import Ranking
import RedisSupport
import ServerSupport
import Testing

@testable import Feedback
@testable import Stores

/// A server's feedback without the server: a log in a folder, what is folded from it, and the sharing of both.
final class Replica {
  let folder: String
  private let url: String
  private let settings: SharedLogSettings
  private let ownsFolder: Bool
  private(set) var service: FeedbackService?
  private var sharing: SharedLog?
  private let ended = DispatchSemaphore(value: 0)

  /// Not yet running. In a folder of its own, or in one that is there.
  init(_ url: String, folder: String? = nil, change: (inout SharedLogSettings) -> Void = { _ in }) {
    ProcessSignals.ignoreBrokenPipe()
    self.url = url
    ownsFolder = folder == nil
    self.folder = folder ?? NSTemporaryDirectory() + "apus-replica-" + UUID().uuidString
    var settings = SharedLogSettings()
    settings.pollMillis = 2
    settings.checkMillis = 20
    settings.blockMillis = 20
    settings.patienceMillis = 30_000
    change(&settings)
    self.settings = settings
  }

  deinit {
    stop()
    if ownsFolder { try? FileManager.default.removeItem(atPath: folder) }
  }

  func start() throws {
    let log = try LocalLog(folder: folder)
    var options = FeedbackOptions()
    options.identity = try NodeIdentity.read(folder: folder)
    options.isShared = true
    options.snapshotPath = folder + "/snapshot"
    let service = try FeedbackService(log: log, options: options)
    self.service = service
    let sharing = try SharedLog(
      feedback: service, url: RedisURL(url), folder: folder, settings: settings, seed: UInt64.random(in: 0 ... .max))
    self.sharing = sharing
    let ended = ended
    Thread {
      sharing.run()
      ended.signal()
    }.start()
  }

  /// Ends in order; the snapshot then is what was folded.
  func stop() {
    guard let sharing else { return }
    sharing.stop()
    ended.wait()
    service?.close()
    self.sharing = nil
    service = nil
  }

  var status: SharingStatus { sharing?.status ?? SharingStatus() }
  var events: UInt64 { service?.eventsRecorded ?? 0 }

  /// Records events and waits until they are durable.
  func record(_ events: [FeedbackEvent]) throws {
    let done = DispatchSemaphore(value: 0)
    let failures = Failures()
    service?.submit(events) { result in
      if case .failure(let error) = result { failures.add("\(error)") }
      done.signal()
    }
    done.wait()
    #expect(failures.all.isEmpty)
  }

  /// The digest of what was folded; after ``stop()``.
  func digest() throws -> UInt64 { try FoldedState.read(path: folder + "/snapshot").digest() }

  /// Folds the logs of stopped replicas anew, without snapshots and without Redis.
  static func recompute(_ replicas: [Replica]) throws -> (digest: UInt64, events: UInt64) {
    let state = FoldedState()
    for replica in replicas {
      let log = try LocalLog(folder: replica.folder)
      let identity = try NodeIdentity.read(folder: replica.folder)
      _ = try log.replay(after: 0) { entry, sequence in
        state.apply(entry, node: identity.node(of: sequence), sequence: sequence)
      }
      log.close()
    }
    return (state.digest(), state.events)
  }
}

/// What several threads found wrong.
final class Failures: @unchecked Sendable {
  private let lock = NSLock()
  private var texts: [String] = []

  func add(_ text: String) { lock.withLock { texts.append(text) } }
  var all: [String] { lock.withLock { texts } }
}

/// Waits until something holds, for at most a minute; a test fails where it never does, and goes on.
func eventually(
  _ what: @autoclosure () -> String, _ location: SourceLocation = #_sourceLocation, _ condition: () -> Bool
) {
  do {
    try awaitUntil(what(), seconds: 60, condition)
  } catch {
    Issue.record(error, sourceLocation: location)
  }
}

/// Events that each count once, whoever folds them, and only once for a key.
func someEvents(_ count: Int, _ dice: inout Dice) -> [FeedbackEvent] {
  (0..<count).map { _ in
    FeedbackEvent(
      userID: UInt64(dice.below(20)), tweetID: UInt64(dice.below(50)), type: UInt32(dice.below(5)),
      timestampSeconds: 1_700_000_000 + Int64(dice.below(100_000)), requestID: 0)
  }
}

/// Asks Redis something, as an operator would.
func tell(_ server: RedisServer, _ command: [[UInt8]]) throws -> RedisReply {
  try RedisBatch(url: RedisURL(server.url), settings: .patient).ask(command)
}

/// The same in words.
@discardableResult
func tell(_ server: RedisServer, _ text: String) throws -> RedisReply { try tell(server, words(text)) }

/// Waits until every running replica has folded so many events and shipped all of its own; then stops them, and all must hold
/// what their logs together come to.
func expectAgreement(
  _ replicas: [Replica], events: Int, _ location: SourceLocation = #_sourceLocation
) throws {
  eventually("\(events) events everywhere: \(replicas.map { ($0.events, $0.status) })", location) {
    replicas.allSatisfy { $0.events == UInt64(events) && $0.status.lag == 0 && $0.status.isConnected }
  }
  for replica in replicas { replica.stop() }
  let expected = try Replica.recompute(replicas)
  #expect(expected.events == UInt64(events), sourceLocation: location)
  for replica in replicas { #expect(try replica.digest() == expected.digest, sourceLocation: location) }
}
