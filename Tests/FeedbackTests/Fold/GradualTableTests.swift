import Ranking
import Testing

@testable import Feedback

/// Tables that do not stand still.
@Suite struct GradualTableTests {
  private func equals(_ table: GradualTable<UInt64, [Int]>, _ plain: [UInt64: [Int]]) -> Bool {
    table.count == plain.count && Dictionary(uniqueKeysWithValues: table.elements.map { ($0.key, $0.value) }) == plain
      && Set(table.keys) == Set(plain.keys)
  }

  @Test("the table equals a dictionary, whatever comes and goes, and copies keep what they had", arguments: 0..<4)
  func equalsADictionary(seed: UInt64) {
    var random = SmallRandom(seed)
    var (table, plain) = (GradualTable<UInt64, [Int]>(), [UInt64: [Int]]())
    var copies: [(GradualTable<UInt64, [Int]>, [UInt64: [Int]])] = []
    for round in 0..<30_000 {
      // Ids that differ in their low bits, in their high ones, and at random.
      let number = UInt64(random.below(8_000))
      let key = [number, number << 48, number &* 0x9E37_79B9_7F4A_7C15][round % 3]
      switch random.below(8) {
      case 0: #expect(table.remove(key) == plain.removeValue(forKey: key))
      case 1:
        let isThere = plain[key] != nil
        #expect(table.update(key) { $0.append(round) } == isThere)
        plain[key]?.append(round)
      case 2:
        table.set(key, to: [round])
        plain[key] = [round]
      default:
        let isNew = plain[key] == nil
        #expect(table.change(key, default: [-1]) { $0.append(round) } == isNew)
        plain[key, default: [-1]].append(round)
      }
      #expect(table[key] == plain[key] && table.count == plain.count)
      if round % 5_000 == 4_000 { copies.append((table, plain)) }
    }
    #expect(plain.count > 5_000 && equals(table, plain))
    for (table, plain) in copies { #expect(equals(table, plain)) }
    for key in plain.keys { #expect(table.remove(key) == plain[key]) }
    #expect(table.count == 0 && equals(table, [:]))
    #expect(equals(copies[0].0, copies[0].1), "a copy has what the original had then")
  }

  @Test("the oldest of many comes first, in whatever order they came", arguments: 0..<8)
  func oldestFirst(seed: UInt64) {
    var random = SmallRandom(seed)
    var all = (0..<500).map { _ in TimedID(time: UInt32(random.below(90)), id: UInt64(random.below(50))) }
    var order = OldestFirst(all[..<200])
    for one in all[200...] { order.add(one) }
    // Some become newer when it is their turn.
    for _ in 0..<100 {
      let oldest = all.min()
      #expect(order.oldest == oldest)
      let new = TimedID(time: UInt32(random.below(200)), id: 1_000)
      order.replaceOldest(by: new)
      if let place = all.firstIndex(where: { $0 == oldest }) { all[place] = new }
    }
    var sorted: [TimedID] = []
    while let oldest = order.removeOldest() { sorted.append(oldest) }
    #expect(sorted == all.sorted() && order.count == 0 && order.oldest == nil && order.removeOldest() == nil)
  }

  @Test("the last keys, oldest first, over several pages and turns of the ring", arguments: [1, 5, 4_096, 10_000])
  func recentKeys(limit: Int) {
    var keys = RecentKeys(limit: limit)
    var plain: [UInt64] = []
    var random = SmallRandom(UInt64(limit))
    for _ in 0..<3 * limit + 10 {
      let key = UInt64(random.below(4 * limit))
      let isNew = !keys.contains(key)
      #expect(keys.insert(key) == isNew)
      if isNew { plain.append(key) }
    }
    #expect(keys.inOrder == plain.suffix(limit) && plain.count > limit)
    #expect(keys.inOrder.allSatisfy(keys.contains))
  }

  @Test("of waiting events the newest stay, and none of those that were taken comes back")
  func waitingEvents() {
    var random = SmallRandom(3)
    func event(_ request: Int, at time: Int) -> FeedbackEvent {
      FeedbackEvent(
        userID: 1, tweetID: UInt64(time), type: 3, timestampSeconds: Int64(time), requestID: UInt64(request))
    }
    var (waiting, plain) = (WaitingEvents(limit: 50), Set<FeedbackEvent>())
    for time in 0..<3_000 {
      let new = event(1 + random.below(20), at: time * 7_919 % 3_000)
      waiting.add(new)
      waiting.add(new)
      plain.insert(new)
      if random.below(9) == 0 {
        let request = UInt64(1 + random.below(20))
        let taken = waiting.take(request)
        #expect(taken == plain.filter { $0.requestID == request })
        plain.subtract(taken)
      }
      waiting.makeRoom()
      plain = Set(plain.sorted { $0.timestampSeconds > $1.timestampSeconds }.prefix(50))
      #expect(waiting.count == plain.count)
    }
    #expect(waiting.sorted() == plain.sorted { $0.timestampSeconds < $1.timestampSeconds })
  }
}
