import Artifact
import Feedback

/// Follows the stream: hands what other nodes shipped to be folded, in order, one batch at a time.
///
/// What is known already is passed over by whoever folds, so wherever there is doubt, of a stream that was lost, restored
/// or trimmed, reading begins anew at its beginning. Where a batch shows that something before it was missed, it is left alone, and the
/// node is asked to ship from there once more. Confined to one loop's thread.
final class LogFollower {
  /// What was seen.
  struct Counters {
    var followed: UInt64 = 0
    var skipped: UInt64 = 0
  }

  private(set) var counters = Counters()
  /// Why nothing is followed; nil: nothing is in the way.
  private(set) var error: String?
  /// Hands entries over; answered by ``didFollow(_:)``.
  var onEntries: ((_ entries: [(entry: LogEntry, sequence: UInt64)], _ node: UInt64, _ place: String) -> Void)?
  /// Our present name, whose entries are not followed.
  var ownNode: UInt64

  /// Entries that are handed over together.
  private static let portion = 4_096
  private static let nonsense = "Redis answered something else than entries of a stream"

  private let client: RedisClient
  private let settings: SharedLogSettings
  private let keys: SharedLogKeys
  private var askScript = RedisScript(RedisScript.ask)
  private var backoff: Backoff
  private var place: StreamPlace
  /// The place that is kept with the folded state.
  private var keptPlace: StreamPlace
  /// By node: the last sequence up to which nothing is missed.
  private var reached: [UInt64: UInt64]
  /// When a node was last asked to ship again.
  private var askedMillis: [UInt64: UInt64] = [:]
  /// What was read and not handed over yet, the next one last.
  private var waiting: [StreamBatch] = []
  /// What is being handed over.
  private var portions: [[(entry: LogEntry, sequence: UInt64)]] = []
  private var isBusy = false
  /// Whether the last read found nothing more.
  private var isIdle = false
  private var isStopped = false
  /// Whether the stream is to be read from its beginning, whatever is being read now.
  private var restarts = false
  private var notBeforeMillis: UInt64 = 0

  init(feedback: FeedbackService, client: RedisClient, settings: SharedLogSettings, seed: UInt64) {
    self.client = client
    self.settings = settings
    keys = SharedLogKeys(prefix: settings.prefix)
    backoff = Backoff(settings: RedisSettings(), seed: seed)
    place = StreamPlace(feedback.streamPosition)
    keptPlace = place
    reached = feedback.cursors
    ownNode = feedback.identity.node
  }

  /// Does what can be done now; called again and again.
  func step() {
    guard !isBusy, !isStopped, RedisConnection.nowMillis() >= notBeforeMillis else { return }
    if portions.isEmpty { take() }
    if let portion = portions.first, let batch = waiting.last {
      isBusy = true
      onEntries?(portion, batch.node, keptPlace.text)
    } else if restarts {
      restarts = false
      place.id = .start
      step()
    } else if keptPlace != place {
      isBusy = true
      keptPlace = place
      onEntries?([], 0, place.text)
    } else if client.isReady {
      read()
    }
  }

  /// What was handed over is folded, or, with a reason, is not.
  func didFollow(_ failure: String?) {
    isBusy = false
    guard failure == nil else { return pause(failure ?? "") }
    if !portions.isEmpty {
      counters.followed += UInt64(portions.removeFirst().count)
      if portions.isEmpty, let batch = waiting.popLast() {
        reached[batch.node] = max(reached[batch.node] ?? 0, batch.last)
      }
    }
    step()
  }

  /// Reads no more.
  func stop() { isStopped = true }

  /// Our name was another one up to now: entries by it that are not ours are to be followed from `base` on.
  func rename(to node: UInt64, base: UInt64) {
    reached[ownNode] = base
    ownNode = node
    restarts = true
  }

  // MARK: What was read

  /// Finds the next batch that is to be handed over, and makes portions of it.
  private func take() {
    while let batch = waiting.last {
      let known = reached[batch.node] ?? 0
      if batch.node != ownNode, batch.after > known {
        ask(batch.node, from: known)
      } else if batch.node != ownNode, batch.last > known {
        let content = LogSlice.content(of: batch.bytes)
        counters.skipped += UInt64(content.unknown) + (content.isDamaged ? 1 : 0)
        portions = stride(from: 0, to: content.entries.count, by: Self.portion).map {
          Array(content.entries[$0..<min($0 + Self.portion, content.entries.count)])
        }
        if !portions.isEmpty { return }
        // Nothing of it can be used, now or when it is shipped again.
        reached[batch.node] = batch.last
      }
      waiting.removeLast()
    }
  }

  /// Asks a node to ship what was missed, at most once in a while.
  private func ask(_ node: UInt64, from known: UInt64) {
    let now = RedisConnection.nowMillis()
    guard now - (askedMillis[node] ?? 0) >= 2 * settings.checkMillis else { return }
    guard askScript.isLoaded else { return }
    askedMillis[node] = now
    let command = askScript.call(
      keys: [keys.cursors], [Array(node.hexadecimal.utf8), Array("\(known)".utf8)])
    try? client.send(command, timeoutMillis: settings.patienceMillis) { [weak self] result in
      if case .failure(.server(let answer)) = result, answer.kind == .noScript { self?.askScript.forget() }
    }
  }

  // MARK: Reading

  private func read() {
    func words(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }
    let loads = askScript.isLoaded ? [] : [askScript.load]
    let looks = [words("GET") + [keys.generation], words("XREVRANGE") + [keys.stream] + words("+ - COUNT 1")]
    // Asked before the stream: what the cursors are beyond, and the stream then does not have, is missed.
    let cursors = isIdle ? [words("HGETALL") + [keys.cursors]] : []
    let reads = [
      words("XREAD COUNT \(settings.batchesPerRead) BLOCK \(settings.blockMillis) STREAMS") + [keys.stream]
        + words(place.id.text)
    ]
    isBusy = true
    do throws(RedisError) {
      try client.pipeline(
        loads + looks + cursors + reads, timeoutMillis: settings.blockMillis + settings.patienceMillis
      ) { [weak self] results in
        self?.didRead(results, loads: !loads.isEmpty, cursors: !cursors.isEmpty)
      }
    } catch {
      isBusy = false
      pause("\(error)")
    }
  }

  private func didRead(_ results: [Result<RedisReply, RedisError>], loads: Bool, cursors: Bool) {
    isBusy = false
    var replies: [RedisReply] = []
    for result in results {
      switch result {
      case .success(let reply): replies.append(reply)
      case .failure(let error): return pause("\(error)")
      }
    }
    if loads { askScript.didLoad(replies.removeFirst()) }
    guard replies.count >= 3 else { return }
    error = nil
    backoff.reset()
    // Nobody has shipped anything yet, or part of it is gone and who ships next will begin anew.
    guard let generation = replies[0].asText, let newest = replies[1].asArray?.first else {
      notBeforeMillis = RedisConnection.nowMillis() + settings.pollMillis
      return
    }
    if restarts { return step() }
    guard let end = StreamBatch.find(in: newest).id else { return pause(Self.nonsense) }
    guard generation == place.generation, end >= place.id else {
      place = StreamPlace(startOf: generation)
      isIdle = false
      return step()
    }
    guard let entries = replies.last?.asArray?.first?.asArray?.last?.asArray else {
      if cursors { compare(replies[2].asArray ?? []) }
      isIdle = true
      return step()
    }
    isIdle = false
    accept(entries)
  }

  /// Takes what was read.
  private func accept(_ entries: [RedisReply]) {
    let before = place.id
    for entry in entries {
      let found = StreamBatch.find(in: entry)
      switch found {
      case .batch(let batch): waiting.append(batch)
      case .mark: break
      case .other: counters.skipped += 1
      }
      if let id = found.id { place.id = id }
    }
    waiting.reverse()
    guard place.id > before else { return pause(Self.nonsense) }
    step()
  }

  /// Asks for what was trimmed before it was read, and that no later batch of its node shows to be missed.
  private func compare(_ cursors: [RedisReply]) {
    for index in stride(from: 0, to: cursors.count - 1, by: 2) {
      guard let name = cursors[index].asText, name.utf8.count == 16, let node = UInt64(name, radix: 16),
        node != ownNode, let text = cursors[index + 1].asText
      else { continue }
      let known = reached[node] ?? 0
      if LogCursor(text: text).sequence > known { ask(node, from: known) }
    }
  }

  private func pause(_ reason: String) {
    error = reason
    notBeforeMillis = RedisConnection.nowMillis() + backoff.nextMillis()
  }
}
