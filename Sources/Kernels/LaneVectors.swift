/// Sixteen vectors side by side in ``Steps``, each of a dense part and a sparse one: what rows of tables are multiplied
/// with all at once by ``LaneProducts``. Confined to one thread.
public final class LaneVectors {
  /// Vectors side by side.
  public static let lanes = 16
  /// Vectors of two numbers each that fill eight places of 16 bits.
  static let lanesOfPairs = 4

  /// Bytes of a column's numbers.
  static let columnBytes = 2 * lanes
  /// More columns cannot be told apart by 32 bits of offset.
  public static let mostColumns = (1 << 32) / columnBytes

  let width: Int
  let columnCount: Int
  /// [numbers by twos, 16 lanes, 2]; twos as many as ``SteppedRows/blocks`` have.
  let dense: UnsafeMutablePointer<SIMD8<Int16>>
  /// [columns, 16 lanes]; 0 but where some lane has a number.
  let sparse: UnsafeMutablePointer<SIMD8<Int16>>
  /// How the dense part of each lane is kept.
  public private(set) var denseSteps = [Steps](repeating: Steps(longest: 0), count: lanes)
  /// How the sparse part of each lane is kept.
  public private(set) var sparseSteps = [Steps](repeating: Steps(longest: 0), count: lanes)
  private let denseCount: Int
  private var usedColumns: [UInt32] = []

  /// Lanes of zeros.
  ///
  /// - Parameters:
  ///   - width: numbers of a dense part.
  ///   - columnCount: more than any column of a sparse part; 32 bytes each.
  public init(width: Int, columnCount: Int) {
    precondition(columnCount <= Self.mostColumns, "\(columnCount) columns")
    (self.width, self.columnCount) = (width, columnCount)
    func zeros(_ count: Int) -> UnsafeMutablePointer<SIMD8<Int16>> {
      let size = max(1, count) * MemoryLayout<SIMD8<Int16>>.stride
      let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      return memory.initializeMemory(as: SIMD8<Int16>.self, repeating: .zero, count: max(1, count))
    }
    denseCount = SteppedRows.blocks(of: width) * 16
    dense = zeros(denseCount)
    sparse = zeros(columnCount * 2)
  }

  deinit {
    dense.deallocate()
    sparse.deallocate()
  }

  /// Makes all lanes 0. O(width + columns that were used).
  public func clear() {
    for place in 0..<denseCount { dense[place] = .zero }
    for column in usedColumns {
      (sparse[2 * Int(column)], sparse[2 * Int(column) + 1]) = (.zero, .zero)
    }
    usedColumns.removeAll(keepingCapacity: true)
    for lane in 0..<Self.lanes { (denseSteps[lane], sparseSteps[lane]) = (Steps(longest: 0), Steps(longest: 0)) }
  }

  /// Puts a dense part of `width` numbers into a lane.
  public func setDense(_ vector: UnsafeBufferPointer<Float>, lane: Int) {
    precondition(vector.count == width && lane >= 0 && lane < Self.lanes, "\(vector.count) numbers in lane \(lane)")
    var steps = Steps(longest: Steps.length(vector))
    let dense = dense
    steps.keep(vector) { place, step in
      let four = dense + place / 2 * 4 + lane / Self.lanesOfPairs
      four.pointee[lane % Self.lanesOfPairs * 2 + place % 2] = step
    }
    denseSteps[lane] = steps
  }

  /// Puts a sparse part into a lane; the lane must be 0. No column may be there twice.
  public func setSparse(columns: UnsafeBufferPointer<UInt32>, values: UnsafeBufferPointer<Float>, lane: Int) {
    precondition(columns.count == values.count && lane >= 0 && lane < Self.lanes, "entries in lane \(lane)")
    var steps = Steps(longest: Steps.length(values))
    let sparse = sparse
    for column in columns {
      precondition(column < columnCount, "column \(column) of \(columnCount)")
      usedColumns.append(column)
    }
    steps.keep(values) { place, step in sparse[2 * Int(columns[place]) + lane / 8][lane % 8] = step }
    sparseSteps[lane] = steps
  }
}
