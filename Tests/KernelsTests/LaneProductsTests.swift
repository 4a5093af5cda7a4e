import Testing

@testable import Kernels

@Suite("All rows with sixteen vectors")
struct LaneProductsTests {
  /// Random tables, and vectors to multiply them with.
  private struct Fixture {
    let (rows, width, columns): (Int, Int, Int)
    let (table, bias, rest): ([Float], [Float], [Float])
    /// [rows or lanes]: entries in order of columns.
    let (sparseRows, sparseVectors): ([[(column: UInt32, value: Float)]], [[(column: UInt32, value: Float)]])
    let (vectors, shifts): ([[Float]], [Float])

    init(seed: UInt64) {
      var generator = SeededGenerator(seed: seed)
      func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.gaussian()) } }
      func entries(_ columns: Int) -> [(column: UInt32, value: Float)] {
        (0..<columns).filter { _ in generator.below(3) == 0 }.map { (UInt32($0), Float(generator.gaussian())) }
      }
      let sizes = (1 + generator.below(80), generator.below(70), generator.below(40))
      (rows, width, columns) = sizes
      (table, bias, rest) = (numbers(sizes.0 * sizes.1), numbers(sizes.0), numbers(sizes.0))
      sparseRows = (0..<sizes.0).map { _ in entries(sizes.2) }
      let lanes = generator.below(LaneVectors.lanes + 1)
      sparseVectors = (0..<lanes).map { _ in entries(sizes.2) }
      vectors = (0..<lanes).map { _ in numbers(sizes.1) }
      shifts = numbers(lanes)
    }

    var products: LaneProducts {
      let ends = sparseRows.reduce(into: [UInt64(0)]) { $0.append($0[$0.count - 1] + UInt64($1.count)) }
      let entries = sparseRows.flatMap { $0 }
      let sparse = ends.withUnsafeBufferPointer { ends in
        entries.map(\.column).withUnsafeBufferPointer { columns in
          entries.map(\.value).withUnsafeBufferPointer { values in
            SteppedSparseRows(offsets: ends, columns: columns, values: values, count: rows, columnCount: self.columns)
          }
        }
      }
      return LaneProducts(
        dense: table.withUnsafeBufferPointer { .init(table: $0.baseAddress, count: rows, width: width) },
        sparse: sparse,
        finish: .init(
          bias: bias, rest: rest, factor: -1.5, bound: 4, sparseFactor: 2, sparseMean: 0.25, sparseBound: 3))
    }

    func set(_ vectors: LaneVectors, lane: Int, to vector: Int) {
      self.vectors[vector].withUnsafeBufferPointer { vectors.setDense($0, lane: lane) }
      sparseVectors[vector].map(\.column).withUnsafeBufferPointer { columns in
        sparseVectors[vector].map(\.value).withUnsafeBufferPointer { values in
          vectors.setSparse(columns: columns, values: values, lane: lane)
        }
      }
    }

    /// In Double, and how far the steps may be from it.
    func expected(row: Int, vector: Int, _ products: LaneProducts, _ lanes: LaneVectors) -> (Double, slack: Double) {
      let p = (0..<width).reduce(0) { $0 + Double(table[row * width + $1]) * Double(vectors[vector][$1]) }
      let q = sparseRows[row].reduce(0) { sum, entry in
        let other = sparseVectors[vector].first { $0.column == entry.column }?.value ?? 0
        return sum + Double(entry.value) * Double(other)
      }
      let value = min(4, max(-4, (p + Double(shifts[vector]) + Double(bias[row])) * -1.5))
      let sparse = min(3, max(-3, (q - 0.25) * 2))
      let slack =
        products.dense.steps.productError(with: lanes.denseSteps[vector]) * 1.5
        + products.sparse.steps.productError(with: lanes.sparseSteps[vector]) * 2
      return (value + sparse + Double(rest[row]), slack)
    }
  }

  /// [rows, lanes]
  private static func results(_ products: LaneProducts, _ vectors: LaneVectors, _ shifts: [Float]) -> [[Float]] {
    let count = products.count * LaneVectors.lanes
    let memory = UnsafeMutableRawPointer.allocate(byteCount: (count + 4) * 4, alignment: 16)
    defer { memory.deallocate() }
    let results = memory.initializeMemory(as: Float.self, repeating: 99, count: count + 4)
    products.multiply(vectors, shifts: shifts, into: results)
    #expect((0..<4).allSatisfy { results[count + $0] == 99 }, "nothing may be written behind the last row")
    return (0..<products.count).map { row in
      (0..<LaneVectors.lanes).map { results[row * LaneVectors.lanes + $0] }
    }
  }

  @Test("products are those of the vectors but for a known error, whatever the company", arguments: 0..<40)
  func products(seed: UInt64) {
    let fixture = Fixture(seed: seed)
    let products = fixture.products
    let vectors = LaneVectors(width: products.dense.width, columnCount: fixture.columns)
    for lane in fixture.vectors.indices { fixture.set(vectors, lane: lane, to: lane) }
    let results = Self.results(products, vectors, fixture.shifts)
    for vector in fixture.vectors.indices {
      for row in 0..<fixture.rows {
        let (expected, slack) = fixture.expected(row: row, vector: vector, products, vectors)
        #expect(abs(Double(results[row][vector]) - expected) <= slack + 1e-5, "row \(row), vector \(vector)")
        #expect(slack < 0.1)
      }
    }
    // The same memory again, and each vector alone in a lane of another's.
    for vector in fixture.vectors.indices {
      vectors.clear()
      let lane = (vector + 5) % LaneVectors.lanes
      fixture.set(vectors, lane: lane, to: vector)
      var shifts = [Float](repeating: 0, count: LaneVectors.lanes)
      shifts[lane] = fixture.shifts[vector]
      let alone = Self.results(products, vectors, shifts)
      #expect(alone.map { $0[lane] } == results.map { $0[vector] })
    }
  }

  @Test("the largest numbers stay within 32 bits, and results within their bounds")
  func extremes() {
    let (rows, width) = (3, 7)
    let table = (0..<rows * width).map { $0 / width == 1 ? -Float.greatestFiniteMagnitude : .greatestFiniteMagnitude }
    let products = LaneProducts(
      dense: table.withUnsafeBufferPointer { .init(table: $0.baseAddress, count: rows, width: width) },
      sparse: .init(
        offsets: .init(start: nil, count: 0), columns: .init(start: nil, count: 0), values: .init(start: nil, count: 0),
        count: rows, columnCount: 0),
      finish: .init(
        bias: [0, 0, 7], rest: [0, 0.5, -.infinity], factor: 2, bound: 3, sparseFactor: 0, sparseMean: 1,
        sparseBound: 0))
    let vectors = LaneVectors(width: width, columnCount: 0)
    let large = [Float](repeating: .greatestFiniteMagnitude, count: width)
    large.withUnsafeBufferPointer { vectors.setDense($0, lane: 0) }
    let one = [Float](repeating: 1, count: width)
    one.withUnsafeBufferPointer { vectors.setDense($0, lane: 9) }
    let results = Self.results(products, vectors, [])
    #expect(results.map { $0[0] } == [3, -2.5, -.infinity])
    #expect(results.map { $0[9] } == [3, -2.5, -.infinity])
    // 0 times what is beyond a Float is no number.
    #expect(results.map { $0[1] } == [0, 0.5, -.infinity])
  }

  @Test("without numbers there is what needs none")
  func nothing() {
    let products = LaneProducts(
      dense: .init(table: nil, count: 1, width: 5),
      sparse: .init(
        offsets: .init(start: nil, count: 0), columns: .init(start: nil, count: 0), values: .init(start: nil, count: 0),
        count: 1, columnCount: 9),
      finish: .init(bias: [1], rest: [10], factor: 2, bound: 30, sparseFactor: 3, sparseMean: 1, sparseBound: 30))
    let results = Self.results(products, LaneVectors(width: 0, columnCount: 9), [0.5])
    #expect(results == [[10 + 3 - 3] + [Float](repeating: 10 + 2 - 3, count: 15)])
  }
}

@Suite("The few within reach")
struct ReachableLanesTests {
  private static func rows(_ lanes: [[Float]], k: Int, slacks: [Double]) -> [[UInt32]] {
    let count = lanes.first?.count ?? 0
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * LaneVectors.lanes * 4, alignment: 16)
    defer { memory.deallocate() }
    let scores = memory.initializeMemory(as: Float.self, repeating: 1e9, count: max(1, count) * LaneVectors.lanes)
    for (lane, values) in lanes.enumerated() {
      for row in 0..<count { scores[row * LaneVectors.lanes + lane] = values[row] }
    }
    return ReachableLanes.rows(scores, count: count, k: k, slacks: slacks)
  }

  @Test("are all that are not less than the k-th largest by more than the slack", arguments: 0..<60)
  func matchesSort(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (count, levels) = (generator.below(3_000), 1 + generator.below(500))
    let lanes = (0..<1 + generator.below(LaneVectors.lanes)).map { lane in
      let scores = (0..<count).map { _ in
        generator.below(9) == 0 ? -Float.infinity : Float(generator.below(levels)) - 40
      }
      // Orders that are the worst for looking at one after the other.
      return lane % 4 == 1 ? scores.sorted() : lane % 4 == 2 ? scores.sorted(by: >) : scores
    }
    for k in [1, 2, 10, 100, 299, 4_000] {
      let slacks = lanes.indices.map { [0, 1, 2.5][$0 % 3] }
      let found = Self.rows(lanes, k: k, slacks: slacks)
      for (lane, scores) in lanes.enumerated() {
        let sorted = scores.sorted(by: >)
        let floor = k <= sorted.count ? max(-1e9, Double(sorted[k - 1]) - slacks[lane]) : -1e9
        let expected = scores.indices.filter { Double(scores[$0]) >= floor }.map { UInt32($0) }
        #expect(found[lane] == expected, "lane \(lane), k \(k)")
      }
    }
  }

  @Test("with an infinite slack they are all but those at −infinity")
  func infinite() {
    let scores = (0..<100).map { _ in [Float(1), .nan, -.infinity, -.greatestFiniteMagnitude, 0] }.flatMap { $0 }
    let expected = scores.indices.filter { scores[$0] != -.infinity }.map { UInt32($0) }
    #expect(Self.rows([scores, scores], k: 2, slacks: [.infinity, .infinity]) == [expected, expected])
  }
}
