import Wire

/// Something that waits, with what the queue needs to know of it.
protocol Queued {
  var ticket: CallTicket { get }
  /// Bytes that are kept for it while it waits.
  var byteCount: Int { get }
}

/// The calls of one worker that wait to be answered: the most important first, among equals the oldest first, and the
/// newest first for a while where the oldest has used up most of its budget: it would be answered too late, or just in
/// time, and all behind it likewise.
///
/// Six doubly linked lists, by importance and size, in one slab that grows to the largest number that ever waited. All but
/// ``removeAll(where:_:)`` and ``removeExpired(now:_:)`` is O(1).
struct RunQueue<Call: Queued> {
  /// The share of its budget that the oldest of a list has used when the list is served from its other end.
  static var staleShare: Double { 0.75 }

  private struct Node {
    var call: Call?
    /// Towards the older and the newer neighbour of its list; -1: there is none.
    var older: Int32 = -1
    var newer: Int32 = -1
  }

  private struct List {
    var oldest: Int32 = -1
    var newest: Int32 = -1
    /// Until when the newest comes first, and until when, after that, the oldest does whatever its age.
    var newestFirstUntilNanos: UInt64 = 0
    var oldestFirstUntilNanos: UInt64 = 0
  }

  private let callLimit: Int
  private let byteLimit: Int
  private var nodes: [Node] = []
  private var free: Int32 = -1
  /// By importance, the small ones before the large ones.
  private var lists = [List](repeating: List(), count: 2 * CallTicket.Rank.allCases.count)
  /// No call that waits ends before.
  private var firstEndNanos: UInt64 = .max
  private(set) var count = 0
  private(set) var bytes = 0
  private(set) var load = QueueLoad()

  /// An empty queue with the bounds ``Limits/queuedCalls`` and ``Limits/queuedCallBytes``.
  init(limits: Limits) {
    callLimit = limits.queuedCalls
    byteLimit = limits.queuedCallBytes
    nodes.reserveCapacity(min(limits.queuedCalls, 1_024))
  }

  var isEmpty: Bool { count == 0 }

  /// Whether a call of so many bytes may wait here too.
  func hasRoom(for byteCount: Int) -> Bool { count < callLimit && bytes + byteCount <= byteLimit }

  // MARK: In and out

  mutating func push(_ call: Call) {
    let place = takeNode()
    let list = Self.list(of: call.ticket)
    nodes[place].call = call
    nodes[place].older = lists[list].newest
    nodes[place].newer = -1
    if lists[list].newest >= 0 { nodes[lists[list].newest].newer = place } else { lists[list].oldest = place }
    lists[list].newest = place
    count += 1
    bytes += call.byteCount
    load.add(call.ticket)
    firstEndNanos = min(firstEndNanos, call.ticket.endNanos)
  }

  /// The most important call of a size; nil where none waits.
  mutating func pop(isLarge: Bool, now: UInt64) -> Call? {
    guard let rank = firstRank(isLarge: isLarge) else { return nil }
    let list = Self.list(rank, isLarge: isLarge)
    return remove(isNewestFirst(list, now: now) ? lists[list].newest : lists[list].oldest)
  }

  /// Whether a list that is not empty is served from its newer end. Once it is, it stays so until the calls that wait now
  /// are gone, one way or the other, and then not again for as long: what is buried under newer calls grows old by it, and
  /// must not be a reason for burying more.
  private mutating func isNewestFirst(_ list: Int, now: UInt64) -> Bool {
    if now < lists[list].newestFirstUntilNanos { return true }
    if now < lists[list].oldestFirstUntilNanos { return false }
    guard let oldest = nodes[lists[list].oldest].call?.ticket, let newest = nodes[lists[list].newest].call?.ticket,
      oldest.shareUsed(at: now) >= Self.staleShare
    else { return false }
    lists[list].newestFirstUntilNanos = newest.endNanos
    lists[list].oldestFirstUntilNanos = newest.endNanos + (newest.endNanos - newest.arrivedNanos)
    return true
  }

  /// How important the most important call of a size is; nil where none waits.
  func firstRank(isLarge: Bool) -> CallTicket.Rank? {
    // Asked for every call: the list of all cases would be made anew each time.
    if lists[Self.list(.critical, isLarge: isLarge)].oldest >= 0 { return .critical }
    if lists[Self.list(.ordinary, isLarge: isLarge)].oldest >= 0 { return .ordinary }
    return lists[Self.list(.sheddable, isLarge: isLarge)].oldest >= 0 ? .sheddable : nil
  }

  /// Takes out the call that matters least, if it matters less than `rank`: of several the oldest, whose budget is the
  /// most used up, and large ones before small ones.
  mutating func evict(below rank: CallTicket.Rank) -> Call? {
    for victim in CallTicket.Rank.allCases.reversed() where victim > rank {
      for isLarge in [true, false] {
        let list = lists[Self.list(victim, isLarge: isLarge)]
        if list.oldest >= 0 { return remove(list.oldest) }
      }
    }
    return nil
  }

  /// Takes out all calls whose budget is over. O(1) while there is none, else O(calls that ever waited at once).
  mutating func removeExpired(now: UInt64, _ body: (Call) -> Void) {
    guard now >= firstEndNanos else { return }
    removeAll(where: { $0.ticket.endNanos <= now }, body)
    firstEndNanos = nodes.lazy.compactMap { $0.call?.ticket.endNanos }.min() ?? .max
  }

  /// Takes out the calls for which `isOut` holds. O(calls that ever waited at once).
  mutating func removeAll(where isOut: (Call) -> Bool, _ body: (Call) -> Void) {
    for place in nodes.indices {
      guard let call = nodes[place].call, isOut(call), let removed = remove(Int32(place)) else { continue }
      body(removed)
    }
  }

  // MARK: The slab

  private static func list(_ rank: CallTicket.Rank, isLarge: Bool) -> Int { 2 * rank.rawValue + (isLarge ? 1 : 0) }

  private static func list(of ticket: CallTicket) -> Int { list(ticket.rank, isLarge: ticket.isLarge) }

  private mutating func takeNode() -> Int32 {
    guard free >= 0 else {
      nodes.append(Node())
      return Int32(truncatingIfNeeded: nodes.count - 1)
    }
    let place = free
    free = nodes[place].newer
    return place
  }

  private mutating func remove(_ place: Int32) -> Call? {
    guard let call = nodes[place].call else { return nil }
    let (older, newer) = (nodes[place].older, nodes[place].newer)
    let list = Self.list(of: call.ticket)
    if older >= 0 { nodes[older].newer = newer } else { lists[list].oldest = newer }
    if newer >= 0 { nodes[newer].older = older } else { lists[list].newest = older }
    nodes[place].call = nil
    nodes[place].newer = free
    free = place
    count -= 1
    bytes -= call.byteCount
    load.remove(call.ticket)
    return call
  }
}

extension Array {
  fileprivate subscript(place: Int32) -> Element {
    get { self[Int(place)] }
    _modify { yield &self[Int(place)] }
  }
}
