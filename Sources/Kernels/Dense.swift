import CIntrinsics

/// Arithmetic on dense vectors of floats.
///
/// Float sums are written with SIMD because the compiler may not reorder them by itself. The order of every sum depends
/// only on `count`, never on where the vectors lie in memory, so a result is the same bit for bit wherever it is
/// computed.
public enum Dense {
  /// The dot product of two vectors of `count` floats.
  ///
  /// Two accumulators of eight lanes take alternate blocks of eight, lane sums are then added in halves, and the last
  /// `count % 8` products are added one by one.
  /// - Complexity: O(count).
  public static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
    inlinedDot(a, b, count: count)
  }

  /// Adds `alpha * x` to `y`; each element is one product and one sum, both rounded.
  ///
  /// `x` and `y` hold `count` floats and either are the same vector or do not overlap.
  /// - Complexity: O(count).
  public static func axpy(
    _ alpha: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int
  ) {
    let factor = SIMD8<Float>(repeating: alpha)
    var index = 0
    while index &+ 8 <= count {
      storeBlock(loadBlock(y, index) + factor * loadBlock(x, index), y, index)
      index &+= 8
    }
    while index < count {
      y[index] += alpha * x[index]
      index &+= 1
    }
  }

  /// ``dot(_:_:count:)`` for the loops of this module.
  @inline(__always)
  static func inlinedDot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
    var even = SIMD8<Float>.zero
    var odd = SIMD8<Float>.zero
    var index = 0
    while index &+ 16 <= count {
      even += loadBlock(a, index) * loadBlock(b, index)
      odd += loadBlock(a, index &+ 8) * loadBlock(b, index &+ 8)
      index &+= 16
    }
    if index &+ 8 <= count {
      even += loadBlock(a, index) * loadBlock(b, index)
      index &+= 8
    }
    var sum = laneSum(even + odd)
    while index < count {
      sum += a[index] * b[index]
      index &+= 1
    }
    return sum
  }

  @inline(__always)
  static func loadBlock(_ vector: UnsafePointer<Float>, _ index: Int) -> SIMD8<Float> {
    UnsafeRawPointer(vector + index).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(__always)
  static func storeBlock(_ block: SIMD8<Float>, _ vector: UnsafeMutablePointer<Float>, _ index: Int) {
    UnsafeMutableRawPointer(vector + index).storeBytes(of: block, as: SIMD8<Float>.self)
  }

  /// The sum of the lanes in one fixed order: upper half onto lower half, three times.
  @inline(__always)
  static func laneSum(_ block: SIMD8<Float>) -> Float {
    let four = block.lowHalf + block.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
  /// ``laneSum(_:)`` of four blocks at once, each in the same order.
  @inline(__always)
  static func laneSums(
    _ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>, _ d: SIMD8<Float>
  ) -> SIMD4<Float> {
    apus_lane_sums(
      a.lowHalf + a.highHalf, b.lowHalf + b.highHalf, c.lowHalf + c.highHalf, d.lowHalf + d.highHalf)
  }
}
