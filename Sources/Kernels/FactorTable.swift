/// Factor vectors and biases of many entities, laid out for gradient descent on several threads.
///
/// A row is ⌈K/8⌉ blocks of eight floats, the last one filled up with zeros that no operation changes, then its header,
/// and perhaps one block more: every row takes whole cache lines of 64 bytes, so threads that write to different rows
/// never write to the same line. Threads may share a table as long as each row has one at a time.
package final class FactorTable: @unchecked Sendable {
  /// Eight factors.
  typealias Block = SIMD8<Float>

  /// What a row has besides its vector.
  struct Header {
    var bias: Float
    /// The factors are this times the vector; 1 except within ``FactorDescent/visit(_:users:tweets:)``.
    var scale: Double
  }

  /// Below this a scale is multiplied into its vector before the vector could grow out of a float.
  static let leastScale = 0x1p-20

  /// Entities.
  package let count: Int
  /// K, the factors of a row.
  package let factors: Int
  /// Blocks of a row that hold factors.
  let width: Int
  /// Bytes from one row to the next.
  private let stride: Int
  private let start: UnsafeMutableRawPointer
  private let memory: PageMemory

  /// A table of zeros; nil where the system has no memory for it.
  package init?(count: Int, factors: Int) {
    precondition(count >= 0 && factors >= 0, "\(count) rows of \(factors) factors")
    width = (factors + 7) / 8
    stride = (width + 2) / 2 * 64
    let (bytes, overflow) = count.multipliedReportingOverflow(by: stride)
    guard !overflow, let memory = PageMemory(byteCount: bytes), let base = memory.bytes.baseAddress else { return nil }
    self.memory = memory
    self.count = count
    self.factors = factors
    start = base
    for row in 0..<count {
      let place = base + row * stride
      place.initializeMemory(as: Block.self, repeating: .zero, count: width)
      (place + width * MemoryLayout<Block>.stride).initializeMemory(as: Header.self, to: Header(bias: 0, scale: 1))
    }
  }

  /// Draws the factors of a row from N(mean, deviation), as `RandomState.normal(size=factors)` does.
  package func draw(_ row: Int, mean: Double, deviation: Double, from random: inout NumPyRandomState) {
    let target = bytes(row)
    for factor in 0..<factors {
      let value = Float(random.normal(mean: mean, deviation: deviation))
      target.storeBytes(of: value, toByteOffset: factor * MemoryLayout<Float>.stride, as: Float.self)
    }
  }

  /// The factors of a row.
  package func factors(_ row: Int) -> [Float] {
    let source = bytes(row)
    return (0..<factors).map { source.load(fromByteOffset: $0 * MemoryLayout<Float>.stride, as: Float.self) }
  }

  /// The bias of a row.
  package func bias(_ row: Int) -> Float {
    bytes(row).load(fromByteOffset: width * MemoryLayout<Block>.stride, as: Float.self)
  }

  /// Copies the factors of a row to where there is room for them; returns its bias.
  package func copy(_ row: Int, to target: UnsafeMutablePointer<Float>) -> Float {
    UnsafeMutableRawPointer(target).copyMemory(from: bytes(row), byteCount: factors * MemoryLayout<Float>.stride)
    return bias(row)
  }

  /// Whether every number is finite.
  /// - Complexity: O(count · factors).
  package var isFinite: Bool {
    (0..<UInt32(count)).allSatisfy { index in
      let vector = row(index)
      return header(index).pointee.bias.isFinite && (0..<width).allSatisfy { vector[$0] - vector[$0] == .zero }
    }
  }

  /// Multiplies a row's scale into its vector.
  func settle(_ index: UInt32) {
    let (vector, header) = (row(index), header(index))
    let scale = Block(repeating: Float(header.pointee.scale))
    for block in 0..<width { vector[block] *= scale }
    header.pointee.scale = 1
  }

  /// The vector of a row, unchecked.
  @inline(__always)
  func row(_ index: UInt32) -> UnsafeMutablePointer<Block> {
    (start + Int(index) &* stride).assumingMemoryBound(to: Block.self)
  }

  /// The header of a row, unchecked.
  @inline(__always)
  func header(_ index: UInt32) -> UnsafeMutablePointer<Header> {
    (start + (Int(index) &* stride &+ width &* MemoryLayout<Block>.stride)).assumingMemoryBound(to: Header.self)
  }

  private func bytes(_ row: Int) -> UnsafeMutableRawPointer {
    precondition(row >= 0 && row < count, "row \(row) of \(count)")
    return start + row * stride
  }
}
