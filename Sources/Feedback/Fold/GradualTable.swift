/// A hash table without pauses: it grows by one small dictionary at a time (linear hashing, Litwin 1980), and a copy shares
/// with the original all but those that either of the two has changed since.
///
/// A dictionary of half a million entries stands still for tens of milliseconds when it doubles, and so once more when it
/// is changed after a copy of it was made for another thread. Here both cost about a microsecond, more often.
struct GradualTable<Key: Hashable, Value> {
  /// Entries of a part, on average; the parts that are yet to be divided have up to twice as many.
  private static var load: Int { 32 }
  /// Parts of a chunk. Chunks are what a copy shares at first, so that the first change after it need not touch all parts.
  private static var chunk: Int { 128 }

  private typealias Part = [Key: Value]
  private var chunks: ContiguousArray<ContiguousArray<[Key: Value]>> = [[[:]]]
  private var parts = 1
  /// Entries.
  private(set) var count = 0

  /// An empty table.
  init() {}

  /// The value of a key; nil: there is none.
  subscript(key: Key) -> Value? {
    let part = part(of: key)
    return chunks[part / Self.chunk][part % Self.chunk][key]
  }

  /// Sets a value, in place of the one before.
  mutating func set(_ key: Key, to value: Value) { change(key, default: value) { $0 = value } }

  /// Changes a value, which is `new` before where there was none; returns whether there was none.
  @discardableResult
  mutating func change(_ key: Key, default new: @autoclosure () -> Value, _ body: (inout Value) -> Void) -> Bool {
    let part = part(of: key)
    let before = chunks[part / Self.chunk][part % Self.chunk].count
    body(&chunks[part / Self.chunk][part % Self.chunk][key, default: new()])
    let isNew = chunks[part / Self.chunk][part % Self.chunk].count > before
    if isNew {
      count += 1
      if count > parts * Self.load { divide() }
    }
    return isNew
  }

  /// Changes a value that is there; returns whether there was one.
  @discardableResult
  mutating func update(_ key: Key, _ body: (inout Value) -> Void) -> Bool {
    let part = part(of: key)
    guard let place = chunks[part / Self.chunk][part % Self.chunk].index(forKey: key) else { return false }
    body(&chunks[part / Self.chunk][part % Self.chunk].values[place])
    return true
  }

  /// Takes an entry out.
  @discardableResult
  mutating func remove(_ key: Key) -> Value? {
    let part = part(of: key)
    let value = chunks[part / Self.chunk][part % Self.chunk].removeValue(forKey: key)
    if value != nil { count -= 1 }
    return value
  }

  /// Everything, in no particular order.
  var elements: some Sequence<(key: Key, value: Value)> { chunks.lazy.joined().lazy.joined() }

  /// All keys, in no particular order.
  var keys: some Sequence<Key> { elements.lazy.map(\.key) }

  // MARK: Parts

  /// Which part has the key: number `hash mod 2^(n + 1)`, or `hash mod 2^n` where there are not so many yet.
  private func part(of key: Key) -> Int { part(of: UInt(bitPattern: key.hashValue)) }

  private func part(of hash: UInt) -> Int {
    let mask = Self.mask(parts)
    let long = Int(bitPattern: hash & (mask << 1 | 1))
    return long < parts ? long : Int(bitPattern: hash & mask)
  }

  /// 2^n − 1, where 2^n is the greatest power of two up to `parts`.
  private static func mask(_ parts: Int) -> UInt { UInt(1) << UInt(UInt.bitWidth - 1 - parts.leadingZeroBitCount) - 1 }

  /// Divides the next part in two.
  private mutating func divide() {
    let old = parts - Int(bitPattern: Self.mask(parts)) - 1
    let whole = chunks[old / Self.chunk][old % Self.chunk]
    parts += 1
    var (stays, goes) = (Part(), Part())
    stays.reserveCapacity(whole.count / 2)
    goes.reserveCapacity(whole.count / 2)
    for (key, value) in whole {
      if part(of: key) == old { stays[key] = value } else { goes[key] = value }
    }
    chunks[old / Self.chunk][old % Self.chunk] = stays
    if chunks[chunks.count - 1].count == Self.chunk { chunks.append([]) }
    chunks[chunks.count - 1].append(goes)
  }
}

extension GradualTable: Sendable where Key: Sendable, Value: Sendable {}
