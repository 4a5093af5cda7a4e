#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The C library's mathematics under one roof, so that no other file of this module imports it.
enum Logarithm {
  /// ln x, for x > 0.
  static func natural(_ x: Double) -> Double { log(x) }
  /// ln x, for x > 0.
  @inline(__always)
  static func natural(_ x: Float) -> Float { logf(x) }
  /// ln(1 + x), for x > −1.
  @inline(__always)
  static func ofOnePlus(_ x: Float) -> Float { log1pf(x) }
  /// e^x.
  @inline(__always)
  static func exponential(_ x: Float) -> Float { expf(x) }
  /// e^x.
  static func exponential(_ x: Double) -> Double { exp(x) }
  /// The angle in [0, π/2] whose sine is x in [0, 1].
  @inline(__always)
  static func arcsine(_ x: Float) -> Float { asinf(x) }
  /// 2^x.
  @inline(__always)
  static func powerOfTwo(_ x: Float) -> Float { exp2f(x) }
}
