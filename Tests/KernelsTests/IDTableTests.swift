import Testing

@testable import Kernels

@Suite("The table of ids")
struct IDTableTests {
  /// A table, and the ids that it looks at; nil where there can be none.
  private final class Held {
    let ids: UnsafeMutableBufferPointer<UInt64>
    let table: IDTable

    init?(_ ids: [UInt64]) {
      self.ids = .allocate(capacity: ids.count)
      _ = self.ids.initialize(from: ids)
      guard let table = IDTable(ids: self.ids.baseAddress, stride: 8, count: ids.count) else {
        self.ids.deallocate()
        return nil
      }
      self.table = table
    }

    deinit { ids.deallocate() }

    var count: Int { table.count }
    func row(of id: UInt64) -> UInt32 { table.row(of: id) }
  }

  private static func table(_ ids: [UInt64]) -> Held? { Held(ids) }

  private static func rows(_ held: Held, _ ids: [UInt64]) -> [UInt32] {
    var rows = [UInt32](repeating: 77, count: ids.count)
    ids.withUnsafeBufferPointer { held.table.rows(of: $0, into: &rows) }
    return rows
  }

  @Test("every id leads to its row and every other id to none", arguments: [0, 1, 2, 7, 8, 9, 100, 5000])
  func findsExactlyItsIDs(count: Int) throws {
    var generator = SeededGenerator(seed: UInt64(count))
    // Small numbers, neighbours and large numbers, as they occur together in logs.
    let ids = Set((0..<count).map { $0 % 2 == 0 ? UInt64($0) : generator.next() }).sorted()
    let table = try #require(Self.table(ids))
    #expect(table.count == ids.count)
    #expect(Self.rows(table, ids) == ids.indices.map { UInt32($0) })
    let held = Set(ids)
    let absent = (0..<1000).map { _ in generator.next() }.filter { !held.contains($0) } + [UInt64(1 << 40)]
    #expect(absent.allSatisfy { table.row(of: $0) == .max })
    #expect(Self.rows(table, absent).allSatisfy { $0 == .max })
  }

  @Test("the ids 0 and 2^64 - 1 are ids like any other, present or absent")
  func extremeIDs() throws {
    let with = try #require(Self.table([UInt64.max, 5, 0]))
    #expect([0, UInt64.max, 5, 6].map(with.row(of:)) == [2, 0, 1, .max])
    let without = try #require(Self.table([5]))
    #expect([0, UInt64.max].map(without.row(of:)) == [.max, .max])
    let empty = try #require(Self.table([]))
    #expect([0, UInt64.max, 1].map(empty.row(of:)) == [.max, .max, .max])
  }

  @Test("a duplicate id is refused, wherever it stands")
  func duplicates() {
    #expect(Self.table([1, 2, 1]) == nil)
    #expect(Self.table([0, 0]) == nil)
    #expect(Self.table(Array(0..<1000) + [999]) == nil)
  }

  @Test("ids chosen to fall on one slot are found all the same, within the bound")
  func clusteredIDs() throws {
    // The inverse of the hash turns equal low bits into ids; under the first salt all of them share one home slot.
    let ids = (1...2000).map { Self.unmixed(UInt64($0) << 20) }
    #expect(ids.allSatisfy { SplitMix64.mixed($0) & 0xFFFFF == 0 })
    let table = try #require(Self.table(ids))
    #expect(Self.rows(table, ids) == ids.indices.map { UInt32($0) })
    #expect((3000..<4000).allSatisfy { table.row(of: Self.unmixed(UInt64($0) << 20)) == .max })
  }

  /// The number whose `SplitMix64.mixed` is `value`.
  private static func unmixed(_ value: UInt64) -> UInt64 {
    func inverse(_ odd: UInt64) -> UInt64 {
      // Newton's iteration doubles the number of right bits; any odd number starts with three.
      (0..<5).reduce(odd) { guess, _ in guess &* (2 &- odd &* guess) }
    }
    var z = value
    z = z ^ (z >> 31) ^ (z >> 62)
    z = z &* inverse(0x94D0_49BB_1331_11EB)
    z = z ^ (z >> 27) ^ (z >> 54)
    z = z &* inverse(0xBF58_476D_1CE4_E5B9)
    return z ^ (z >> 30) ^ (z >> 60)
  }
}
