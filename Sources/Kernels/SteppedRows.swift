/// Rows of a table in ``Steps``, for ``LaneProducts``: numbers by twos, so that one instruction multiplies and adds
/// both, and four twos to a block.
public final class SteppedRows: @unchecked Sendable {
  /// Rows of the table.
  public let count: Int
  /// Numbers of a row.
  public let width: Int
  /// How the rows are kept.
  public let steps: Steps
  /// Blocks of a row, the last filled up with zeros.
  let blocks: Int
  /// [count, blocks], eight numbers each.
  let numbers: UnsafeMutablePointer<SIMD8<Int16>>

  /// Copies a table. O(count · width).
  ///
  /// - Parameter table: [count, width], row-major; may be nil where that is nothing, and finite.
  public init(table: UnsafePointer<Float>?, count: Int, width: Int) {
    self.count = count
    self.width = table == nil ? 0 : width
    blocks = Self.blocks(of: self.width)
    numbers = .allocate(capacity: max(1, count * blocks))
    numbers.initialize(repeating: .zero, count: max(1, count * blocks))
    let (numbers, blocks, length) = (numbers, blocks, self.width)
    func row(_ row: Int) -> UnsafeBufferPointer<Float> {
      UnsafeBufferPointer(start: table.map { $0 + row * length }, count: length)
    }
    var steps = Steps(longest: (0..<count).reduce(0) { max($0, Steps.length(row($1))) })
    for index in 0..<count {
      steps.keep(row(index)) { place, step in numbers[index * blocks + place / 8][place % 8] = step }
    }
    self.steps = steps
  }

  deinit { numbers.deallocate() }

  /// Blocks that `width` numbers make.
  static func blocks(of width: Int) -> Int { (width + 7) / 8 }
}
