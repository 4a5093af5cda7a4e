import Artifact
import Kernels

/// Gives each key its 64-bit id and a row number in order of first appearance.
///
/// Two different keys with the same id would become one entity, so they are refused. Names are stored only of keys
/// that are not their id in decimal.
struct EntityInterner {
  /// What the keys are of, for messages: `user` or `tweet`.
  let kind: String
  /// Ids by row.
  private(set) var ids: [UInt64] = []
  private let hash: (UnsafeRawBufferPointer) -> UInt64
  private let limit: Int
  private var rows: [UInt64: UInt32] = [:]
  /// The stored names back to back, and where each row's ends.
  private var nameBytes: [UInt8] = []
  private var nameEnds: [Int] = []

  /// - Parameters:
  ///   - hash: gives a key that is not a canonical decimal its id; another one only in tests.
  ///   - limit: rows at most; users and tweets together must stay below row number 2^32 − 1, which means "none".
  init(
    kind: String, limit: Int = Int(Int32.max),
    hash: @escaping (UnsafeRawBufferPointer) -> UInt64 = EntityID.of(utf8:)
  ) {
    self.kind = kind
    self.limit = limit
    self.hash = hash
  }

  var count: Int { ids.count }

  /// The row of `key`, a new one if it was not seen before.
  ///
  /// - Complexity: O(key bytes), amortised.
  mutating func row(of key: UnsafeRawBufferPointer) throws(TrainingError) -> UInt32 {
    let decimal = EntityID.canonicalDecimal(key)
    let id = decimal ?? hash(key)
    if let row = rows[id] {
      let isSame = decimal != nil ? name(row).isEmpty : name(row).elementsEqual(key)
      if !isSame {
        throw .idCollision(kind: kind, first: shownKey(row), second: NumberText.shown(key), id: id)
      }
      return row
    }
    if count >= limit { throw .tooManyEntities(kind: kind, limit: limit) }
    let row = UInt32(count)
    rows[id] = row
    ids.append(id)
    if decimal == nil { nameBytes.append(contentsOf: key) }
    nameEnds.append(nameBytes.count)
    return row
  }

  private func name(_ row: UInt32) -> ArraySlice<UInt8> {
    let row = Int(row)
    return nameBytes[(row == 0 ? 0 : nameEnds[row - 1])..<nameEnds[row]]
  }

  private func shownKey(_ row: UInt32) -> String {
    let name = name(row)
    return name.isEmpty ? "\(ids[Int(row)])" : name.withUnsafeBytes(NumberText.shown)
  }

  /// The entities in ascending order of id, and for each row of this interner its row there.
  func sorted() -> (table: EntityTable, newRows: [UInt32]) {
    let order = ids.indices.sorted { ids[$0] < ids[$1] }
    var table = EntityTable()
    table.ids.reserveCapacity(count)
    var newRows = [UInt32](repeating: 0, count: count)
    for (newRow, row) in order.enumerated() {
      newRows[row] = UInt32(newRow)
      table.ids.append(ids[row])
      table.names.append(name(UInt32(row)))
    }
    return (table, newRows)
  }
}

/// Users or tweets in ascending order of id.
struct EntityTable {
  var ids: [UInt64] = []
  /// The key as logged; empty where it is the id in decimal.
  var names = StringColumnBuilder()

  var count: Int { ids.count }

  /// The row of an id, `UInt32.max` for one that is not there. O(log count).
  func row(of id: UInt64) -> UInt32 {
    let place = ids.indices.partitionPoint { ids[$0] >= id }
    return place < ids.count && ids[place] == id ? UInt32(place) : .max
  }

  /// The key of a row as messages show it.
  func shownKey(_ row: Int) -> String {
    let name = names[row]
    return name.isEmpty ? "\(ids[row])" : name.withUnsafeBytes(NumberText.shown)
  }
}
