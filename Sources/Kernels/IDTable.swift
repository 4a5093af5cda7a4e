import CIntrinsics

/// An immutable map from 64-bit ids to rows: open addressing, linear probing, at most five eighths full.
///
/// A slot holds a row and 32 bits of its id's hash; the id itself is compared where the row keeps it, in memory of the
/// caller's that a ranking reads anyway. So a look-up of a present id touches one line of a small table and one line of
/// the row's own, and the table costs 12 to 26 bytes an id.
///
/// Invariants: an id lies within ``probeLimit`` slots after its home slot, with no empty slot between. A table whose
/// ids would cluster beyond that (by bad luck or by design of whoever chose the ids) is rebuilt with another hash
/// salt, and with more slots after some tries, so a look-up ends after at most ``probeLimit`` steps for any id.
public final class IDTable: @unchecked Sendable {
  /// The most slots that a look-up visits.
  public static let probeLimit = 128
  /// Salts tried on one size before the table doubles.
  private static let saltsPerSize: UInt64 = 8
  /// Look-ups made side by side: their hashes fit the stack, and their waits for memory overlap.
  private static let block = 64

  /// One place of the table; `row == .max` marks it empty, whatever `tag` says, so that every id can be stored.
  private struct Slot {
    var tag: UInt32
    var row: UInt32
  }

  private enum Filling {
    case done
    case duplicate
    case clustered
  }

  /// Ids in the table.
  public let count: Int
  /// Where the id of row 0 stands, and how far it is from there to that of the next row. (Of an empty table, the slots:
  /// nothing leads there.)
  private let ids: UnsafeRawPointer
  private let stride: Int
  private let memory: PageMemory
  private let slots: UnsafeMutablePointer<Slot>
  private let mask: UInt64
  private let salt: UInt64

  /// A table in which the id at `ids + row * stride` leads to `row`; nil on a duplicate id, on 2^32 − 1 ids or more, or
  /// without memory. The ids must stay where they are, unchanged, as long as the table is used; with a count of 0 there need
  /// be none.
  ///
  /// - Complexity: O(count) time on average.
  public init?(ids: UnsafeRawPointer?, stride: Int, count: Int) {
    guard count < Int(UInt32.max), count == 0 || ids != nil else { return nil }
    var capacity = 16
    while capacity * 5 < 8 * count { capacity *= 2 }
    var attempt: UInt64 = 0
    while true {
      let salt = SplitMix64.mixed(attempt)
      guard let memory = PageMemory(byteCount: capacity * MemoryLayout<Slot>.stride) else { return nil }
      let slots = memory.bytes.bindMemory(to: Slot.self)
      for piece in LongWork.pieces(of: capacity) {
        UnsafeMutableBufferPointer(rebasing: slots[piece]).initialize(repeating: Slot(tag: 0, row: .max))
      }
      guard let base = slots.baseAddress else { return nil }
      switch Self.fill(base, mask: UInt64(capacity - 1), salt: salt, ids: ids, stride: stride, count: count) {
      case .duplicate:
        return nil
      case .clustered:
        attempt += 1
        if attempt % Self.saltsPerSize == 0 {
          capacity *= 2
        }
      case .done:
        (self.ids, self.stride, self.count) = (ids ?? UnsafeRawPointer(base), stride, count)
        self.memory = memory
        self.slots = base
        mask = UInt64(capacity - 1)
        self.salt = salt
        memory.seal()
        return
      }
    }
  }

  /// The row of an id; `UInt32.max` where the table does not hold it.
  /// - Complexity: at most ``probeLimit`` steps, 1.8 on average for a present id.
  public func row(of id: UInt64) -> UInt32 {
    find(id, hash: hash(of: id))
  }

  /// The rows of many ids, in order; `UInt32.max` for absent ones. `into` receives `ids.count` rows.
  ///
  /// First all slots of a block of ids are requested from memory, then, where these lead, all rows' ids, which are
  /// compared last: two waits for the block instead of two for each id.
  /// - Complexity: O(ids.count).
  public func rows(of ids: UnsafeBufferPointer<UInt64>, into: UnsafeMutablePointer<UInt32>) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.block) { memory in
      guard let hashes = memory.baseAddress, let wanted = ids.baseAddress else { return }
      var start = 0
      while start < ids.count {
        let count = min(Self.block, ids.count &- start)
        look(wanted + start, count: count, hashes: hashes, into: into + start)
        start &+= count
      }
    }
  }

  @inline(__always)
  private func look(
    _ wanted: UnsafePointer<UInt64>, count: Int, hashes: UnsafeMutablePointer<UInt64>,
    into rows: UnsafeMutablePointer<UInt32>
  ) {
    for index in 0..<count {
      let hash = hash(of: wanted[index])
      hashes[index] = hash
      apus_prefetch(slots + Int(truncatingIfNeeded: hash & mask))
    }
    for index in 0..<count {
      // Another id's with the same 32 bits is one in four thousand million: it costs a second look.
      let row = firstOfTag(hashes[index])
      rows[index] = row
      if row != .max { apus_prefetch(ids + Int(row) &* stride) }
    }
    for index in 0..<count where rows[index] != .max && id(of: rows[index]) != wanted[index] {
      rows[index] = find(wanted[index], hash: hashes[index])
    }
  }

  @inline(__always)
  private func hash(of id: UInt64) -> UInt64 { SplitMix64.mixed(id ^ salt) }

  @inline(__always)
  private func id(of row: UInt32) -> UInt64 { (ids + Int(row) &* stride).load(as: UInt64.self) }

  /// The row of the first slot with the hash's tag; `UInt32.max` where an empty one comes first.
  @inline(__always)
  private func firstOfTag(_ hash: UInt64) -> UInt32 {
    let tag = UInt32(truncatingIfNeeded: hash &>> 32)
    var place = hash & mask
    for _ in 0..<Self.probeLimit {
      let slot = slots[Int(truncatingIfNeeded: place)]
      if slot.tag == tag || slot.row == .max { return slot.row }
      place = (place &+ 1) & mask
    }
    return .max
  }

  private func find(_ wanted: UInt64, hash: UInt64) -> UInt32 {
    let tag = UInt32(truncatingIfNeeded: hash &>> 32)
    var place = hash & mask
    for _ in 0..<Self.probeLimit {
      let slot = slots[Int(truncatingIfNeeded: place)]
      if slot.row == .max { return .max }
      if slot.tag == tag, id(of: slot.row) == wanted { return slot.row }
      place = (place &+ 1) & mask
    }
    return .max
  }

  private static func fill(
    _ slots: UnsafeMutablePointer<Slot>, mask: UInt64, salt: UInt64, ids: UnsafeRawPointer?, stride: Int, count: Int
  ) -> Filling {
    guard let ids else { return .done }
    // The table is far larger than any cache: slots are requested some rows ahead.
    let ahead = 16
    func hash(_ row: Int) -> UInt64 { SplitMix64.mixed((ids + row * stride).load(as: UInt64.self) ^ salt) }
    for piece in LongWork.pieces(of: count) {
      for row in piece {
        if row + ahead < count { apus_prefetch(slots + Int(truncatingIfNeeded: hash(row + ahead) & mask)) }
        let hashed = hash(row)
        let tag = UInt32(truncatingIfNeeded: hashed >> 32)
        var place = Int(truncatingIfNeeded: hashed & mask)
        var steps = 0
        while slots[place].row != .max {
          // Equal hashes are equal ids: the hash is a bijection.
          if slots[place].tag == tag, hash(Int(slots[place].row)) == hashed {
            return .duplicate
          }
          steps += 1
          if steps == probeLimit {
            return .clustered
          }
          place = (place + 1) & Int(mask)
        }
        slots[place] = Slot(tag: tag, row: UInt32(row))
      }
    }
    return .done
  }
}
