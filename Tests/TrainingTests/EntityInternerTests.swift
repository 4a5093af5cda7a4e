import Artifact
import Kernels
import Testing

@testable import Training

extension EntityInterner {
  fileprivate mutating func row(_ key: String) throws -> UInt32 {
    try Array(key.utf8).withUnsafeBytes { bytes in try row(of: bytes) }
  }
}

@Suite("Interning keys")
struct EntityInternerTests {
  @Test("equal keys share a row; only names that are not their id in decimal are stored, ids ascending")
  func rowsAndNames() throws {
    var interner = EntityInterner(kind: "user")
    let keys = ["alice", "42", "007", "18446744073709551615", "18446744073709551616", "é", "0"]
    let rows = try keys.map { try interner.row($0) }
    #expect(rows == [0, 1, 2, 3, 4, 5, 6])
    #expect(try keys.map { try interner.row($0) } == rows)
    let (table, newRows) = interner.sorted()
    #expect(table.ids == keys.map(EntityID.of).sorted())
    #expect(keys.indices.allSatisfy { table.ids[Int(newRows[$0])] == EntityID.of(keys[$0]) })
    let tensors = TensorSet()
    tensors.addStrings("name", table.names)
    let names = try tensors.strings("name", count: keys.count)
    for (key, row) in zip(keys, newRows) {
      #expect(names.string(Int(row)) == (EntityID.canonicalDecimal(key) ? "" : key))
    }
  }

  @Test("two keys with one id are refused, both named, whichever comes first")
  func collision() {
    func refusal(_ first: String, _ second: String) -> String {
      var interner = EntityInterner(kind: "tweet") { UInt64($0.count) }
      do {
        _ = try interner.row(first)
        _ = try interner.row(first)
        _ = try interner.row(second)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    func message(_ first: String, _ second: String, _ id: Int) -> String {
      "tweet keys \"\(first)\" and \"\(second)\" have the same 64-bit id \(id); rename one of them"
    }
    #expect(refusal("abc", "xyz") == message("abc", "xyz", 3))
    #expect(refusal("abc", "3") == message("abc", "3", 3))
    #expect(refusal("3", "abc") == message("3", "abc", 3))
    #expect(refusal("abc", "abcd") == "accepted")
  }

  @Test("a full table refuses the next entity")
  func limit() throws {
    var interner = EntityInterner(kind: "user", limit: 2)
    _ = try (interner.row("a"), interner.row("b"), interner.row("a"))
    #expect(throws: TrainingError.tooManyEntities(kind: "user", limit: 2)) { try interner.row("c") }
  }
}

extension EntityID {
  fileprivate static func canonicalDecimal(_ key: String) -> Bool {
    Array(key.utf8).withUnsafeBytes { canonicalDecimal($0) != nil }
  }
}
