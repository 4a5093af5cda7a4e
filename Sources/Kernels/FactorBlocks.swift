/// Factor vectors as rows of eight-float blocks, with the arithmetic that matrix factorisation does on them.
///
/// A row of K factors takes ⌈K/8⌉ blocks; the rest of the last one is zeros, which no operation here changes.
/// Sums are taken block by block, then halved, so that the same row gives the same bits everywhere.
public enum FactorBlocks {
  /// Eight factors.
  public typealias Block = SIMD8<Float>

  /// Factors in a block.
  public static let lanes = 8

  /// Blocks of a row of `factors`.
  @inlinable
  public static func width(ofFactors factors: Int) -> Int { (factors + lanes - 1) / lanes }

  /// p · q over `width` blocks.
  @inlinable @inline(__always)
  public static func dot(_ p: UnsafePointer<Block>, _ q: UnsafePointer<Block>, width: Int) -> Float {
    var sum = Block.zero
    for index in 0..<width { sum += p[index] * q[index] }
    let four = sum.lowHalf + sum.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// One step of stochastic gradient descent on both rows, with the old p in the update of q:
  /// p ← p + rate (error q − decay p), q ← q + rate (error p − decay q).
  @inlinable @inline(__always)
  public static func descend(
    _ p: UnsafeMutablePointer<Block>, _ q: UnsafeMutablePointer<Block>, width: Int, error: Float, rate: Float,
    decay: Float
  ) {
    let (error, rate, decay) = (Block(repeating: error), Block(repeating: rate), Block(repeating: decay))
    for index in 0..<width {
      let (old, other) = (p[index], q[index])
      p[index] = old + rate * (error * other - decay * old)
      q[index] = other + rate * (error * old - decay * other)
    }
  }

  /// Whether every number is finite.
  @inlinable
  public static func areFinite(_ table: [Block]) -> Bool {
    table.allSatisfy { block in (block - block) == .zero }
  }
}
