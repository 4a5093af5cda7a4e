import EventLoop
import Feedback
import Synchronization

/// A Redis Stream as the log of all replicas: ships ours, follows the others', so that all fold the same entries.
///
/// The local log stays the truth and is the store in store-and-forward: nothing here delays a request or an acknowledgement,
/// and whatever Redis forgets is shipped to it again. One thread, one loop, two connections, of which one waits in Redis for news.
public final class SharedLog: FeedbackSharing, @unchecked Sendable {
  private enum Notice: Sendable {
    case followed(String?)
    case renamed(NodeIdentity, base: UInt64, failure: String?)
    case stop
  }

  /// How long it may fail before that is worth a sentence.
  private static let degradedMillis: UInt64 = 500

  /// Where it is, without the password.
  public let place: String

  private let feedback: FeedbackService
  private let folder: String
  private let settings: SharedLogSettings
  private let loop: Loop
  private let shipClient: RedisClient
  private let followClient: RedisClient
  private let shipper: LogShipper
  private let follower: LogFollower
  private let published = Mutex(SharingStatus())
  private let say: @Sendable (String) -> Void
  /// What was said last; nil: nothing yet.
  private var saidConnected: Bool?
  private var changedMillis: UInt64 = 0
  private var timer: LoopTimer?
  // Set once, before the object is anybody's.
  private var notices: Mailbox<Notice>?
  private var endMillis: UInt64?

  /// Begins to connect when ``run()`` is called. `folder` is the state folder of `feedback`, where its names are kept; `seed`
  /// is that of jitter; `say` takes sentences about what changes, on the thread of ``run()``.
  public init(
    feedback: FeedbackService, url: RedisURL, folder: String, settings: SharedLogSettings = SharedLogSettings(),
    seed: UInt64, say: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(LoopError) {
    self.feedback = feedback
    self.folder = folder
    self.settings = settings
    self.say = say
    place = "\(url)"
    loop = try Loop()
    var patient = RedisSettings()
    patient.stallMillis = settings.patienceMillis
    shipClient = RedisClient(loop: loop, url: url, settings: patient, seed: seed)
    followClient = RedisClient(loop: loop, url: url, settings: patient, seed: seed &+ 1)
    shipper = LogShipper(feedback: feedback, client: shipClient, settings: settings, seed: seed &+ 2) {
      UInt64.random(in: 1 ... .max)
    }
    follower = LogFollower(feedback: feedback, client: followClient, settings: settings, seed: seed &+ 3)
    notices = try Mailbox(loop: loop) { [unowned self] in $0.forEach(handle) }
    timer = LoopTimer(loop: loop) { [unowned self] in tick() }
    connect()
  }

  deinit { close() }

  /// Where it stands.
  public var status: SharingStatus {
    var status = published.withLock { $0 }
    let last = feedback.lastSequence
    status.lag = last > status.shippedSequence ? last - status.shippedSequence : 0
    return status
  }

  /// Shares until ``stop()``, and then for at most ``SharedLogSettings/drainMillis`` what is not yet shipped.
  public func run() {
    timer?.start(afterMillis: 0, everyMillis: settings.pollMillis)
    changedMillis = RedisConnection.nowMillis()
    loop.run()
    tell()
    close()
  }

  /// Has ``run()`` return soon.
  public func stop() { notices?.post(.stop) }

  private func connect() {
    shipClient.onReady = { [unowned self] in shipper.step() }
    followClient.onReady = { [unowned self] in follower.step() }
    follower.onEntries = { [unowned self] entries, node, place in
      feedback.follow(entries, node: node, streamPosition: place) { [notices] result in
        switch result {
        case .success: notices?.post(.followed(nil))
        case .failure(let error): notices?.post(.followed("\(error)"))
        }
      }
    }
    shipper.onForeign = { [unowned self] base in rename(base: base) }
  }

  /// Redis has entries by our name that are not ours: those behind `base` get another one.
  private func rename(base: UInt64) {
    do throws(FeedbackError) {
      let identity = try shipper.identity.renamed(base: base, folder: folder)
      feedback.rename(to: identity) { [notices] result in
        switch result {
        case .success: notices?.post(.renamed(identity, base: base, failure: nil))
        case .failure(let error): notices?.post(.renamed(identity, base: base, failure: "\(error)"))
        }
      }
    } catch {
      notices?.post(.renamed(shipper.identity, base: base, failure: "\(error)"))
    }
  }

  private func handle(_ notice: Notice) {
    switch notice {
    case .followed(let failure): follower.didFollow(failure)
    case .renamed(_, _, let failure?): shipper.fail(failure)
    case .renamed(let identity, let base, nil):
      say(
        "\(place) has entries by the name of this node that its feedback log does not have; the entries behind \(base) are "
          + "shipped under a new name")
      follower.rename(to: identity.node, base: base)
      shipper.take(identity)
    case .stop:
      follower.stop()
      endMillis = RedisConnection.nowMillis() + settings.drainMillis
    }
    tick()
  }

  private func tick() {
    shipper.step()
    follower.step()
    tell()
    sayChanges()
    guard let endMillis else { return }
    // A Redis that is not there will not be there in a moment either, and a start ships what is left.
    if shipper.isDone || !shipClient.isReady || RedisConnection.nowMillis() >= endMillis { loop.stop() }
  }

  private func tell() {
    published.withLock { status in
      let isReady = shipClient.isReady && followClient.isReady
      let error = shipper.error ?? follower.error
      status.isConnected = isReady && error == nil
      status.shippedSequence = shipper.shipped
      status.followedEntries = follower.counters.followed
      status.skippedEntries = follower.counters.skipped
      status.reshippedEntries = shipper.counters.reshipped
      status.missingEntries = shipper.counters.missing
      let lost = shipClient.status.lastError ?? followClient.status.lastError
      status.lastError = error ?? (isReady ? "" : lost.map { "\($0)" } ?? "not yet connected")
    }
  }

  /// Says that the shared log answers, or that for a while it does not.
  private func sayChanges() {
    let (now, status) = (RedisConnection.nowMillis(), published.withLock { $0 })
    guard status.isConnected != saidConnected else { return changedMillis = now }
    if status.isConnected, shipper.isSettled {
      say("feedback is shared through \(place)")
    } else if !status.isConnected, now - changedMillis >= Self.degradedMillis {
      say("feedback is not shared now, and kept here until it can be: \(place): \(status.lastError)")
    } else {
      return
    }
    (saidConnected, changedMillis) = (status.isConnected, now)
  }

  private func close() {
    timer?.close()
    shipClient.close()
    followClient.close()
    notices?.close()
    loop.close()
  }
}
