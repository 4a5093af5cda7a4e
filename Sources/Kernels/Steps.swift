/// Vectors of floats as whole numbers of 16 bits, for products that it is enough to know nearly, and how nearly.
///
/// The unit is so large that the longest vector is 32,000 of them long. So no sum of products of two vectors, nor any part
/// of it, leaves 32 bits: by Cauchy and Schwarz it is below 32,000², and rounding, half a unit a number, makes vectors of
/// fewer than 2²⁴ numbers longer by at most 2,048. What rounding moved is measured, not estimated.
public struct Steps: Sendable {
  /// Units in the length of the longest vector.
  private static let longest = 32_000.0

  /// What one step is worth; 0 where all vectors are 0.
  public let unit: Double
  /// Length of the longest vector as it is kept.
  public private(set) var length = 0.0
  /// Length of the largest difference between a vector and how it is kept.
  public private(set) var error = 0.0
  private let inverse: Double

  /// Steps for vectors that are at most so long, which is a finite number.
  init(longest: Double) {
    unit = longest / Self.longest
    inverse = unit > 0 ? 1 / unit : 0
  }

  /// Keeps a vector: gives the place of each of its numbers, and its steps. O(count).
  mutating func keep(_ vector: UnsafeBufferPointer<Float>, _ put: (_ place: Int, _ steps: Int16) -> Void) {
    var (squares, misses) = (0.0, 0.0)
    for place in vector.indices {
      let value = Double(vector[place])
      // The order of the arguments makes a number of what is none.
      let scaled = max(-32_767, min(32_767, value * inverse))
      let steps = Int16(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
      put(place, steps)
      let kept = Double(steps) * unit
      squares += kept * kept
      misses += (value - kept) * (value - kept)
    }
    length = max(length, squares.squareRoot())
    error = max(error, misses.squareRoot())
  }

  /// The length of a vector.
  static func length(_ vector: UnsafeBufferPointer<Float>) -> Double {
    var squares = 0.0
    for value in vector { squares += Double(value) * Double(value) }
    return squares.squareRoot()
  }

  /// The most by which the product of two vectors differs from the product of their steps, units included.
  ///
  /// By Cauchy and Schwarz, of (a + α)(b + β) − ab with lengths known; the factor is for the rounding of the lengths.
  public func productError(with other: Steps) -> Double {
    (length * other.error + error * other.length + error * other.error) * (1 + 0x1p-20)
  }
}
