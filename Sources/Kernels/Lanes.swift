import CIntrinsics

/// Eight floats of a column at a time, for loops over more columns than the compiler dares to turn into vectors.
///
/// Columns must have room up to the next multiple of ``count``.
enum Lanes {
  /// How many.
  static let count = 8

  /// Those from place `index` on.
  @inline(__always)
  static func load(_ column: UnsafeMutablePointer<Float>, _ index: Int) -> SIMD8<Float> {
    UnsafeRawPointer(column + index).loadUnaligned(as: SIMD8<Float>.self)
  }

  /// Replaces those from place `index` on.
  @inline(__always)
  static func store(_ lanes: SIMD8<Float>, _ column: UnsafeMutablePointer<Float>, _ index: Int) {
    UnsafeMutableRawPointer(column + index).storeBytes(of: lanes, as: SIMD8<Float>.self)
  }

  /// 1/√x of each.
  @inline(__always)
  static func inverseSquareRoots(_ x: SIMD8<Float>) -> SIMD8<Float> {
    SIMD8(lowHalf: apus_inverse_square_roots(x.lowHalf), highHalf: apus_inverse_square_roots(x.highHalf))
  }
}
