import CIntrinsics

/// An immutable map from 64-bit ids to rows: open addressing, linear probing, at most half full.
///
/// Invariants: an id lies within ``probeLimit`` slots after its home slot, with no empty slot between. A table whose
/// ids would cluster beyond that (by bad luck or by design of whoever chose the ids) is rebuilt with another hash
/// salt, and with more slots after some tries, so a look-up ends after at most ``probeLimit`` steps for any id.
public final class IDTable: Sendable {
  /// The most slots that a look-up visits.
  public static let probeLimit = 128
  /// Salts tried on one size before the table doubles.
  private static let saltsPerSize: UInt64 = 8
  /// How many ids ahead a slot is requested.
  private static let idsAhead = 12

  /// One place of the table; `row == .max` marks it empty, whatever `id` says, so that every id can be stored.
  private struct Slot {
    var id: UInt64
    var row: UInt32
  }

  private enum Filling {
    case done
    case duplicate
    case clustered
  }

  /// Ids in the table.
  public let count: Int
  private let memory: PageMemory
  private nonisolated(unsafe) let slots: UnsafeMutablePointer<Slot>
  private let mask: UInt64
  private let salt: UInt64

  /// A table in which `ids[row]` leads to `row`; nil on a duplicate id, on 2^32 − 1 ids or more, or without memory.
  ///
  /// - Complexity: O(ids.count) time on average; 32 to 64 bytes an id.
  public init?(ids: UnsafeBufferPointer<UInt64>) {
    guard ids.count < Int(UInt32.max) else { return nil }
    var capacity = 16
    while capacity < 2 * ids.count {
      capacity *= 2
    }
    var attempt: UInt64 = 0
    while true {
      let salt = SplitMix64.mixed(attempt)
      guard let memory = PageMemory(byteCount: capacity * MemoryLayout<Slot>.stride) else { return nil }
      let slots = memory.bytes.bindMemory(to: Slot.self)
      slots.initialize(repeating: Slot(id: 0, row: .max))
      guard let base = slots.baseAddress else { return nil }
      switch Self.fill(base, mask: UInt64(capacity - 1), salt: salt, ids: ids) {
      case .duplicate:
        return nil
      case .clustered:
        attempt += 1
        if attempt % Self.saltsPerSize == 0 {
          capacity *= 2
        }
      case .done:
        count = ids.count
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
  /// - Complexity: at most ``probeLimit`` steps, 1.5 on average for a present id.
  public func row(of id: UInt64) -> UInt32 {
    find(id)
  }

  /// The rows of many ids, in order; `UInt32.max` for absent ones. `into` receives `ids.count` rows.
  ///
  /// Slots are requested from memory some ids ahead, so that their arrival overlaps with work.
  /// - Complexity: O(ids.count).
  public func rows(of ids: UnsafeBufferPointer<UInt64>, into: UnsafeMutablePointer<UInt32>) {
    for index in 0..<min(Self.idsAhead, ids.count) {
      apus_prefetch(slots + Int(truncatingIfNeeded: home(ids[index])))
    }
    for index in 0..<ids.count {
      if index &+ Self.idsAhead < ids.count {
        apus_prefetch(slots + Int(truncatingIfNeeded: home(ids[index &+ Self.idsAhead])))
      }
      into[index] = find(ids[index])
    }
  }

  @inline(__always)
  private func home(_ id: UInt64) -> UInt64 {
    SplitMix64.mixed(id ^ salt) & mask
  }

  @inline(__always)
  private func find(_ id: UInt64) -> UInt32 {
    var place = home(id)
    for _ in 0..<Self.probeLimit {
      let slot = slots[Int(truncatingIfNeeded: place)]
      if slot.id == id || slot.row == .max {
        return slot.row
      }
      place = (place &+ 1) & mask
    }
    return .max
  }

  private static func fill(
    _ slots: UnsafeMutablePointer<Slot>, mask: UInt64, salt: UInt64, ids: UnsafeBufferPointer<UInt64>
  ) -> Filling {
    for row in 0..<ids.count {
      let id = ids[row]
      var place = Int(SplitMix64.mixed(id ^ salt) & mask)
      var steps = 0
      while slots[place].row != .max {
        if slots[place].id == id {
          return .duplicate
        }
        steps += 1
        if steps == probeLimit {
          return .clustered
        }
        place = (place + 1) & Int(mask)
      }
      slots[place] = Slot(id: id, row: UInt32(row))
    }
    return .done
  }
}
