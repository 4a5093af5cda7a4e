import CIntrinsics

/// Products of all rows of two tables, a dense and a sparse one, with sixteen vectors at a time.
///
/// Lanes are vectors: a row is read once for sixteen of them, which stay in the first cache, its sums stay in registers,
/// nothing is summed across lanes, and what becomes of the products is written side by side. Sums are whole numbers, so that
/// a result does not depend on their order.
public struct LaneProducts: Sendable {
  /// What becomes of products p (dense) and q (sparse) of a row and a vector:
  /// `clamp((p + shift + bias) · factor, ±bound) + clamp((q − mean) · sparseFactor, ±sparseBound) + rest`.
  public struct Finish: Sendable {
    /// One per row.
    public let bias: [Float]
    /// One per row.
    public let rest: [Float]
    /// What a dense product is multiplied with.
    public let factor: Float
    /// Not negative. What is not a number falls to −bound.
    public let bound: Float
    /// What a sparse product is multiplied with.
    public let sparseFactor: Float
    /// What is subtracted from it before.
    public let sparseMean: Float
    /// Not negative.
    public let sparseBound: Float

    /// Columns of as many elements as the tables have rows.
    public init(
      bias: [Float], rest: [Float], factor: Float, bound: Float, sparseFactor: Float, sparseMean: Float,
      sparseBound: Float
    ) {
      (self.bias, self.rest) = (bias, rest)
      (self.factor, self.bound) = (factor, bound)
      (self.sparseFactor, self.sparseMean, self.sparseBound) = (sparseFactor, sparseMean, sparseBound)
    }
  }

  /// Numbers of one vector each, four vectors at a time.
  private typealias Four = SIMD4<Float>
  /// Sums of sixteen lanes.
  private typealias Sums = (SIMD4<Int32>, SIMD4<Int32>, SIMD4<Int32>, SIMD4<Int32>)
  /// Floats of sixteen lanes.
  private typealias Floats = (Four, Four, Four, Four)

  /// Rows of many numbers.
  public let dense: SteppedRows
  /// Rows of few, as many.
  public let sparse: SteppedSparseRows
  private let finish: Finish

  /// Rows of the tables.
  public var count: Int { dense.count }

  /// - Parameters: tables of as many rows as `finish` has.
  public init(dense: SteppedRows, sparse: SteppedSparseRows, finish: Finish) {
    precondition(sparse.count == dense.count, "\(dense.count) and \(sparse.count) rows")
    precondition(finish.bias.count == dense.count && finish.rest.count == dense.count, "a bias and a rest a row")
    (self.dense, self.sparse, self.finish) = (dense, sparse, finish)
  }

  /// Multiplies every row with each vector.
  ///
  /// - Parameters:
  ///   - vectors: as wide as the tables.
  ///   - shifts: one per vector, at most ``LaneVectors/lanes``.
  ///   - results: [rows, ``LaneVectors/lanes``], at a multiple of 16 bytes. A lane's are the same whatever is in the others.
  /// - Complexity: O(rows · width + entries), for all lanes together.
  public func multiply(_ vectors: LaneVectors, shifts: [Float], into results: UnsafeMutablePointer<Float>) {
    precondition(vectors.width == dense.width && vectors.columnCount == sparse.columnCount, "vectors of another table")
    precondition(shifts.count <= LaneVectors.lanes, "\(shifts.count) shifts")
    let scale = lanes { Float(vectors.denseSteps[$0].unit * dense.steps.unit * Double(finish.factor)) }
    let shift = lanes { $0 < shifts.count ? shifts[$0] * finish.factor : 0 }
    let sparseScale = lanes { Float(vectors.sparseSteps[$0].unit * sparse.steps.unit * Double(finish.sparseFactor)) }
    let results = UnsafeMutableRawPointer(results).assumingMemoryBound(to: Four.self)
    for row in 0..<count {
      store(row, denseSums(row, vectors), sparseSums(row, vectors), scale, shift, sparseScale, results)
    }
  }

  private func lanes(_ value: (Int) -> Float) -> Floats {
    func four(_ start: Int) -> Four { Four(value(start), value(start + 1), value(start + 2), value(start + 3)) }
    return (four(0), four(4), four(8), four(12))
  }

  /// Sums of the dense products of a row.
  @inline(__always)
  private func denseSums(_ row: Int, _ vectors: LaneVectors) -> Sums {
    var sums: Sums = (.zero, .zero, .zero, .zero)
    var lanes = vectors.dense
    let numbers = dense.numbers + row &* dense.blocks
    for block in 0..<dense.blocks {
      let eight = numbers[block]
      Self.add(apus_repeated_pair(eight, 0), lanes, to: &sums)
      Self.add(apus_repeated_pair(eight, 1), lanes + 4, to: &sums)
      Self.add(apus_repeated_pair(eight, 2), lanes + 8, to: &sums)
      Self.add(apus_repeated_pair(eight, 3), lanes + 12, to: &sums)
      lanes += 16
    }
    return sums
  }

  /// Adds products of two numbers of a row with the lanes'.
  @inline(__always)
  private static func add(
    _ pair: SIMD8<Int16>, _ lanes: UnsafeMutablePointer<SIMD8<Int16>>, to sums: inout Sums
  ) {
    sums.0 &+= apus_pair_products(lanes[0], pair)
    sums.1 &+= apus_pair_products(lanes[1], pair)
    sums.2 &+= apus_pair_products(lanes[2], pair)
    sums.3 &+= apus_pair_products(lanes[3], pair)
  }

  /// Sums of the sparse products of a row.
  @inline(__always)
  private func sparseSums(_ row: Int, _ vectors: LaneVectors) -> Sums {
    var sums: Sums = (.zero, .zero, .zero, .zero)
    var pair = sparse.pairs + sparse.ends[row]
    let end = sparse.pairs + sparse.ends[row &+ 1]
    let columns = UnsafeRawPointer(vectors.sparse)
    while pair < end {
      let first = (columns + Int(pair.pointee.offsets.x)).assumingMemoryBound(to: SIMD8<Int16>.self)
      let second = (columns + Int(pair.pointee.offsets.y)).assumingMemoryBound(to: SIMD8<Int16>.self)
      let numbers = Self.everywhere(pair.pointee.numbers)
      sums.0 &+= apus_pair_products(apus_low_pairs(first[0], second[0]), numbers)
      sums.1 &+= apus_pair_products(apus_high_pairs(first[0], second[0]), numbers)
      sums.2 &+= apus_pair_products(apus_low_pairs(first[1], second[1]), numbers)
      sums.3 &+= apus_pair_products(apus_high_pairs(first[1], second[1]), numbers)
      pair += 1
    }
    return sums
  }

  @inline(__always)
  private static func everywhere(_ pair: SIMD2<Int16>) -> SIMD8<Int16> {
    unsafeBitCast(SIMD4<Int32>(repeating: unsafeBitCast(pair, to: Int32.self)), to: SIMD8<Int16>.self)
  }

  @inline(__always)
  private func store(
    _ row: Int, _ sums: Sums, _ sparseSums: Sums, _ scale: Floats, _ shift: Floats, _ sparseScale: Floats,
    _ results: UnsafeMutablePointer<Four>
  ) {
    let bias = finish.bias[row] * finish.factor
    let rest = finish.rest[row]
    let none = -finish.sparseMean * finish.sparseFactor
    @inline(__always)
    func finished(_ p: SIMD4<Int32>, _ q: SIMD4<Int32>, _ scale: Four, _ shift: Four, _ sparseScale: Four) -> Four {
      let dense = apus_within(Four(p) * scale + (shift + bias), finish.bound)
      return dense + apus_within(Four(q) * sparseScale + none, finish.sparseBound) + rest
    }
    let place = results + 4 &* row
    place[0] = finished(sums.0, sparseSums.0, scale.0, shift.0, sparseScale.0)
    place[1] = finished(sums.1, sparseSums.1, scale.1, shift.1, sparseScale.1)
    place[2] = finished(sums.2, sparseSums.2, scale.2, shift.2, sparseScale.2)
    place[3] = finished(sums.3, sparseSums.3, scale.3, shift.3, sparseScale.3)
  }
}
