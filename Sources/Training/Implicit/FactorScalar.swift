import Kernels

/// A number that factors are made of: Double to agree with reference outputs, Float for speed.
package protocol FactorScalar: BinaryFloatingPoint, Sendable {
  /// Whether the entries of each row are ordered so that those without weight come last, which changes the order of sums.
  static var ordersEntries: Bool { get }

  /// Numbers that a row of `factors` takes in a table; those past the factors are 0.
  static func stride(ofFactors factors: Int) -> Int

  /// As ``FactorRows/residual(matrix:x:table:entries:stride:hasTargets:into:)``.
  static func residual(
    matrix: UnsafePointer<Self>, x: UnsafePointer<Self>, table: UnsafePointer<Self>, entries: FactorEntries,
    stride: Int, hasTargets: Bool, into result: UnsafeMutablePointer<Self>)

  /// As ``FactorRows/curvature(matrix:x:table:entries:stride:scratch:)``.
  static func curvature(
    matrix: UnsafePointer<Self>, x: UnsafePointer<Self>, table: UnsafePointer<Self>, entries: FactorEntries,
    stride: Int, scratch: UnsafeMutablePointer<Self>
  ) -> Self

  /// As ``FactorRows/addOuterProducts(table:rows:entries:stride:into:)``.
  static func addOuterProducts(
    table: UnsafePointer<Self>, rows: Range<Int>, entries: FactorEntries?, stride: Int,
    into lower: UnsafeMutablePointer<Self>)

  /// The dot product of `count` numbers.
  static func dot(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, count: Int) -> Self

  /// y ← y + alpha · x over `count` numbers.
  static func axpy(_ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>, count: Int)

  /// A step of Bayesian personalised ranking: with u, i, j the rows and z = 1 / (1 + exp(u · (i − j))),
  /// u += rate · (z (i − j) − decay u), i += rate · (z u − decay i), j += rate · (−z u − decay j), each with the u
  /// before.
  ///
  /// The rows hold `factors` numbers, then 1 for the user, which stays, and the bias for items. `liked` and `other` may
  /// be the same row. Returns whether z < 0.5.
  static func descendPair(
    user: UnsafeMutablePointer<Self>, liked: UnsafeMutablePointer<Self>, other: UnsafeMutablePointer<Self>,
    factors: Int, rate: Float, decay: Float
  ) -> Bool

  /// A uniform number in [0, 1) as `Generator.random` of numpy draws it in this precision.
  static func uniform(_ generator: inout PCG64Generator) -> Self
}

extension Float: FactorScalar {
  package static var ordersEntries: Bool { true }

  package static func stride(ofFactors factors: Int) -> Int { FactorRows.stride(ofFactors: factors) }

  package static func residual(
    matrix: UnsafePointer<Float>, x: UnsafePointer<Float>, table: UnsafePointer<Float>, entries: FactorEntries,
    stride: Int, hasTargets: Bool, into result: UnsafeMutablePointer<Float>
  ) {
    FactorRows.residual(
      matrix: matrix, x: x, table: table, entries: entries, stride: stride, hasTargets: hasTargets, into: result)
  }

  package static func curvature(
    matrix: UnsafePointer<Float>, x: UnsafePointer<Float>, table: UnsafePointer<Float>, entries: FactorEntries,
    stride: Int, scratch: UnsafeMutablePointer<Float>
  ) -> Float {
    FactorRows.curvature(matrix: matrix, x: x, table: table, entries: entries, stride: stride, scratch: scratch)
  }

  package static func addOuterProducts(
    table: UnsafePointer<Float>, rows: Range<Int>, entries: FactorEntries?, stride: Int,
    into lower: UnsafeMutablePointer<Float>
  ) {
    FactorRows.addOuterProducts(table: table, rows: rows, entries: entries, stride: stride, into: lower)
  }

  package static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
    Dense.dot(a, b, count: count)
  }

  package static func axpy(
    _ alpha: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int
  ) {
    Dense.axpy(alpha, x, y, count: count)
  }

  package static func descendPair(
    user: UnsafeMutablePointer<Float>, liked: UnsafeMutablePointer<Float>, other: UnsafeMutablePointer<Float>,
    factors: Int, rate: Float, decay: Float
  ) -> Bool {
    PairDescent.step(user: user, liked: liked, other: other, factors: factors, rate: rate, decay: decay)
  }

  package static func uniform(_ generator: inout PCG64Generator) -> Float { generator.uniformFloat() }
}
