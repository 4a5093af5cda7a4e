import Testing

@testable import Artifact

@Suite("Columns are checked before they are used")
struct ColumnTests {
  @Test("a missing tensor, another type and another shape are errors that say what was found")
  func mismatches() {
    let set = Fixture.smallSet()
    #expect(throws: ArtifactError.missingTensor(name: "none")) {
      try set.column("none", of: Float.self, shape: [nil])
    }
    #expect(throws: ArtifactError.wrongType(name: "floats", got: .f32, expected: .u32)) {
      try set.column("floats", of: UInt32.self, shape: [2, 3])
    }
    for shape: [Int?] in [[3, 2], [6], [2, 3, 1], [nil], []] {
      #expect(throws: ArtifactError.wrongShape(name: "floats", got: [2, 3], expected: shape)) {
        try set.column("floats", of: Float.self, shape: shape)
      }
    }
    #expect(
      ArtifactError.wrongShape(name: "floats", got: [2, 3], expected: [nil, 4]).description
        == "tensor floats: shape [2, 3], expected [any, 4]")
  }

  private static func strings(_ offsets: [UInt64], bytes: Int) -> TensorSet {
    let set = TensorSet()
    set.add("s.offsets", shape: [offsets.count], offsets)
    set.add("s.bytes", shape: [bytes], [UInt8](repeating: 65, count: bytes))
    return set
  }

  @Test(
    "string offsets must begin with 0, never decrease and end with the bytes",
    arguments: [[1, 2, 4], [0, 5, 4], [0, 2, 3], [0, 2, 5], [0, .max, 4], [0, 1 << 63, 4], [4, 4, 4]] as [[UInt64]])
  func stringOffsets(offsets: [UInt64]) {
    #expect(throws: ArtifactError.self) { try Self.strings(offsets, bytes: 4).strings("s", count: 2) }
  }

  @Test("string counts must fit, and the empty column has one offset")
  func stringCounts() throws {
    let set = Self.strings([0, 2, 4], bytes: 4)
    #expect(try set.strings("s", count: 2).string(1) == "AA")
    for count in [0, 1, 3, -1, Int.max] {
      #expect(throws: ArtifactError.self) { try set.strings("s", count: count) }
    }
    let empty = Self.strings([0], bytes: 0)
    #expect(try empty.strings("s", count: 0).count == 0)
    #expect(throws: ArtifactError.self) { try Self.strings([], bytes: 0).strings("s", count: -1) }
  }

  private static func sparse(_ offsets: [UInt64], _ terms: [UInt32], _ weights: [Float]) -> TensorSet {
    let set = TensorSet()
    set.add("m.offsets", shape: [offsets.count], offsets)
    set.add("m.terms", shape: [terms.count], terms)
    set.add("m.weights", shape: [weights.count], weights)
    return set
  }

  @Test("sparse rows must have sound offsets, ascending columns inside the matrix and finite weights")
  func sparseRows() throws {
    let good = Self.sparse([0, 2, 2, 3], [1, 4, 0], [1, 2, 3])
    #expect(try good.sparseRows("m", rows: 3, columns: 5).rowCount == 3)
    #expect(throws: ArtifactError.self) { try good.sparseRows("m", rows: 3, columns: 4) }
    #expect(throws: ArtifactError.self) { try good.sparseRows("m", rows: 2, columns: 5) }
    let bad = [
      Self.sparse([0, 2, 2, 3], [4, 1, 0], [1, 2, 3]), Self.sparse([0, 2, 2, 3], [1, 1, 0], [1, 2, 3]),
      Self.sparse([0, 2, 2, 3], [1, 4, 0], [1, .nan, 3]), Self.sparse([0, 2, 2, 3], [1, 4, 0], [1, 2, .infinity]),
      Self.sparse([0, 2, 2, 3], [1, 4, .max], [1, 2, 3]), Self.sparse([0, 2, 1, 3], [1, 4, 0], [1, 2, 3]),
      Self.sparse([0, 2, 2, 4], [1, 4, 0], [1, 2, 3]), Self.sparse([0, .max, 2, 3], [1, 4, 0], [1, 2, 3]),
      Self.sparse([0, 2, 2, 3], [1, 4, 0], [1, 2]), Self.sparse([1, 2, 2, 3], [1, 4, 0], [1, 2, 3]),
    ]
    for set in bad {
      #expect(throws: ArtifactError.self) { try set.sparseRows("m", rows: 3, columns: 5) }
    }
  }
}
