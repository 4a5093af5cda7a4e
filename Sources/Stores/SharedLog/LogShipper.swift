import Artifact
import Feedback

/// Ships our log to the stream: every durable entry once, in order, whatever becomes of Redis and of its replies.
///
/// Where Redis stands is asked of Redis. A batch is added only if the node's cursor there is the one that precedes it, so a
/// reply that was lost or a Redis that went back in time does no harm: the next reply says from where to go on.
/// Confined to one loop's thread.
final class LogShipper {
  /// What is known to have gone wrong or to have been mended.
  struct Counters {
    var reshipped: UInt64 = 0
    var missing: UInt64 = 0
  }

  /// Our names; the last one is that of new entries.
  private(set) var identity: NodeIdentity
  private(set) var counters = Counters()
  /// The last entry that Redis is known to have; it may go back.
  private(set) var shipped: UInt64 = 0
  /// Why nothing is shipped; nil: nothing is in the way.
  private(set) var error: String?
  /// Asks for another name, since `base` is the last entry that is surely ours by the present one. Answered by
  /// ``take(_:)`` or ``fail(_:)``.
  var onForeign: ((_ base: UInt64) -> Void)?

  private let feedback: FeedbackService
  private let client: RedisClient
  private let settings: SharedLogSettings
  private let keys: SharedLogKeys
  private let newGeneration: () -> UInt64
  private var script = RedisScript(RedisScript.ship)
  private var backoff: Backoff
  /// Which of our names is being shipped.
  private var turn = 0
  /// Where Redis stands with it; nil: it has to be asked.
  private var cursor: LogCursor?
  private var generation: [UInt8]?
  /// The last entry of the present name that was ever shipped by this process or found shipped.
  private var highest: UInt64?
  private var isBusy = false
  private var notBeforeMillis: UInt64 = 0
  private var askedMillis: UInt64 = 0

  init(
    feedback: FeedbackService, client: RedisClient, settings: SharedLogSettings, seed: UInt64,
    newGeneration: @escaping () -> UInt64
  ) {
    self.feedback = feedback
    self.client = client
    self.settings = settings
    self.newGeneration = newGeneration
    identity = feedback.identity
    keys = SharedLogKeys(prefix: settings.prefix)
    backoff = Backoff(settings: RedisSettings(), seed: seed)
  }

  /// Whether Redis has said where it stands.
  var isSettled: Bool { cursor != nil && error == nil }

  /// Whether every durable entry is known to be shipped.
  var isDone: Bool { turn == identity.names.count - 1 && cursor.map { $0.sequence >= feedback.lastSequence } == true }

  /// Does what can be done now; called again and again.
  func step() {
    guard !isBusy, client.isReady, RedisConnection.nowMillis() >= notBeforeMillis else { return }
    guard script.isLoaded else { return load() }
    let names = identity.names
    let (node, first, last) = names[min(turn, names.count - 1)]
    guard let cursor else { return ship(nil, node: node, cursor: .start) }
    let end = min(last, feedback.lastSequence)
    if cursor.sequence >= end {
      if turn < names.count - 1 { return begin(turn: turn + 1) }
      if RedisConnection.nowMillis() - askedMillis >= settings.checkMillis { begin(turn: 0) }
      return
    }
    do throws(FeedbackError) {
      let after = max(cursor.sequence, first - 1)
      let slice = try feedback.readLog(after: after, maxBytes: settings.batchBytes).prefix(through: end)
      // What is durable and cannot be read is damaged; the log has said so at the start.
      guard slice.count > 0 else { return pause("entries behind \(after) cannot be read from the feedback log") }
      ship(slice, node: node, cursor: cursor)
    } catch {
      pause("\(error)")
    }
  }

  /// Goes on under another name.
  func take(_ renamed: NodeIdentity) {
    identity = renamed
    highest = nil
    isBusy = false
    begin(turn: 0)
  }

  /// There is no other name; asks again later.
  func fail(_ reason: String) {
    isBusy = false
    cursor = nil
    pause(reason)
  }

  private func begin(turn: Int) {
    self.turn = turn
    cursor = nil
    step()
  }

  private func pause(_ reason: String) {
    error = reason
    notBeforeMillis = RedisConnection.nowMillis() + backoff.nextMillis()
  }

  // MARK: Talking to Redis

  private static let nonsense = "Redis answered something else than the script of the shared log does"

  private func load() {
    send(script.load) { [unowned self] reply in
      script.didLoad(reply)
      if script.isLoaded { step() } else { pause(Self.nonsense) }
    }
  }

  private func ship(_ slice: LogSlice?, node: UInt64, cursor: LogCursor) {
    askedMillis = RedisConnection.nowMillis()
    var arguments = [newGeneration().hexadecimal, node.hexadecimal, cursor.text].map { Array($0.utf8) }
    var target: LogCursor?
    if let slice {
      let next = LogCursor(sequence: slice.lastSequence, fingerprint: slice.lastFingerprint)
      arguments += [next.text, "\(cursor.sequence)", "\(slice.lastSequence)"].map { Array($0.utf8) }
      arguments += [slice.bytes, Array("\(settings.streamBatches)".utf8)]
      target = next
    }
    send(script.call(keys: [keys.stream, keys.cursors, keys.generation], arguments)) { [unowned self] reply in
      guard let pair = reply.asArray, pair.count == 2, let life = pair[0].asBytes, let text = pair[1].asText else {
        return pause(Self.nonsense)
      }
      error = nil
      backoff.reset()
      // In a new life of the keys all of our names begin anew.
      if let generation, generation != life, turn > 0 {
        self.generation = life
        return begin(turn: 0)
      }
      generation = life
      let now = LogCursor(text: text)
      if let slice, let target, now == target {
        didShip(slice, after: cursor, to: target)
      } else if slice != nil, now == cursor {
        pause(Self.nonsense)
      } else {
        believe(now)
      }
    }
  }

  private func send(_ command: [[UInt8]], then: @escaping (RedisReply) -> Void) {
    isBusy = true
    do throws(RedisError) {
      try client.send(command, timeoutMillis: settings.patienceMillis) { [weak self] result in
        guard let self else { return }
        isBusy = false
        switch result {
        case .success(let reply): then(reply)
        case .failure(let error):
          if case .server(let answer) = error, answer.kind == .noScript { script.forget() }
          // Whether Redis obeyed is not known; it will be asked.
          cursor = nil
          pause("\(error)")
        }
      }
    } catch {
      isBusy = false
      pause("\(error)")
    }
  }

  // MARK: What Redis has

  private var isPresentName: Bool { turn == identity.names.count - 1 }

  private func didShip(_ slice: LogSlice, after: LogCursor, to target: LogCursor) {
    let first = identity.names[turn].first
    let expected = max(after.sequence, first - 1)
    if slice.firstSequence > expected + 1 { counters.missing += slice.firstSequence - expected - 1 }
    if isPresentName {
      if let highest, slice.firstSequence <= highest {
        counters.reshipped += min(highest, slice.lastSequence) - slice.firstSequence + 1
      }
      note(target.sequence)
    }
    cursor = target
    step()
  }

  /// Takes Redis' word for where it stands, unless it has entries by our name that are not ours.
  private func believe(_ found: LogCursor) {
    guard isPresentName else {
      cursor = found
      return step()
    }
    do throws(FeedbackError) {
      guard try isOurs(found) else {
        isBusy = true
        onForeign?(highest ?? max(feedback.replayed.lastSequence, identity.names[turn].first - 1))
        return
      }
    } catch {
      return pause("\(error)")
    }
    cursor = found
    note(found.sequence)
    step()
  }

  /// Whether the entry at the cursor is the one that our log has there; one that is gone from our log is believed in.
  private func isOurs(_ found: LogCursor) throws(FeedbackError) -> Bool {
    if found.sequence > feedback.lastSequence { return false }
    guard let fingerprint = found.fingerprint, found.sequence >= identity.names[turn].first else { return true }
    let slice = try feedback.readLog(after: found.sequence - 1, maxBytes: 1)
    return slice.firstSequence != found.sequence || slice.lastFingerprint == fingerprint
  }

  private func note(_ sequence: UInt64) {
    shipped = sequence
    highest = max(highest ?? 0, sequence)
    feedback.release(through: sequence)
  }
}
