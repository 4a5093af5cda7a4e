#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The C library's mathematics under one roof, so that no other file of this module imports it.
enum Logarithm {
  /// ln x, for x > 0.
  static func natural(_ x: Double) -> Double { log(x) }
}
