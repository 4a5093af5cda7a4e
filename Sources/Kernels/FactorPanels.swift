/// A table of vectors, laid out anew for products of all of them with many vectors: a matrix product in blocks.
///
/// Eight vectors of the table make a panel, in which number f of all eight comes before number f + 1: lanes are rows, so
/// that nothing has to be summed across lanes. A tile of panels stays in the first cache while four other vectors at a
/// time are multiplied with each of them, their sums in registers.
public final class FactorPanels: @unchecked Sendable {
  /// Rows of a panel.
  private static let lanes = 8
  /// Bytes of panels that are gone over again and again before the next ones.
  private static let tileBytes = 16_384

  /// What becomes of a product: `clamp((product + shift + bias) · scale, ±bound) + rest`, all of them in Float.
  public struct Finish {
    /// One per row of the table.
    public let bias: [Float]
    /// One per row of the table.
    public let rest: [Float]
    /// Not NaN.
    public let scale: Float
    /// Not negative. What is not a number falls to −bound.
    public let bound: Float

    /// Columns of as many elements as the table has rows.
    public init(bias: [Float], rest: [Float], scale: Float, bound: Float) {
      (self.bias, self.rest, self.scale, self.bound) = (bias, rest, scale, bound)
    }
  }

  /// Rows of the table.
  public let count: Int
  /// Floats of a result row: ``count`` and what fills up the last panel, where results are −infinity.
  public let stride: Int
  private let width: Int
  /// [panels, width, lanes]
  private let panels: UnsafeMutablePointer<Float>
  /// [stride] each.
  private let bias: UnsafeMutablePointer<Float>
  private let rest: UnsafeMutablePointer<Float>
  private let scale: Float
  private let bound: Float

  /// Copies the table. O(count · width).
  ///
  /// - Parameters:
  ///   - table: [count, width], row-major; may be nil where that is nothing.
  ///   - finish: what becomes of the products.
  public init(table: UnsafePointer<Float>?, count: Int, width: Int, finish: Finish) {
    precondition(finish.bias.count == count && finish.rest.count == count, "a bias and a rest a row")
    self.count = count
    self.width = table == nil ? 0 : width
    (scale, bound) = (finish.scale, finish.bound)
    stride = (count + Self.lanes - 1) / Self.lanes * Self.lanes
    panels = .allocate(capacity: max(1, stride * self.width))
    panels.initialize(repeating: 0, count: max(1, stride * self.width))
    bias = .allocate(capacity: max(1, stride))
    bias.initialize(repeating: 0, count: max(1, stride))
    rest = .allocate(capacity: max(1, stride))
    rest.initialize(repeating: -.infinity, count: max(1, stride))
    for row in 0..<count {
      (bias[row], rest[row]) = (finish.bias[row], finish.rest[row])
      guard let table else { continue }
      let start = panels + row / Self.lanes * width * Self.lanes + row % Self.lanes
      for column in 0..<width { start[column * Self.lanes] = table[row * width + column] }
    }
  }

  deinit {
    panels.deallocate()
    bias.deallocate()
    rest.deallocate()
  }

  /// Multiplies every row of the table with each of `vectors`.
  ///
  /// - Parameters:
  ///   - vectors: [width] each.
  ///   - shifts: one per vector.
  ///   - into: [vectors, stride], row-major. A result is the same whatever the other vectors are.
  /// - Complexity: O(vectors · count · width).
  public func multiply(
    _ vectors: [UnsafePointer<Float>], shifts: [Float], into results: UnsafeMutablePointer<Float>
  ) {
    precondition(vectors.count == shifts.count, "\(vectors.count) vectors with \(shifts.count) shifts")
    let panelCount = stride / Self.lanes
    let tile = max(1, Self.tileBytes / max(1, width * Self.lanes * MemoryLayout<Float>.stride))
    var first = 0
    while first < panelCount {
      let end = min(panelCount, first + tile)
      var vector = 0
      while vector < vectors.count {
        // The last group repeats its last vector, whose results are written again.
        let last = vectors.count - 1
        let places = (vector, min(vector + 1, last), min(vector + 2, last), min(vector + 3, last))
        for panel in first..<end {
          multiply(panel, vectors, shifts, places, results)
        }
        vector += 4
      }
      first = end
    }
  }

  /// One panel with four vectors.
  @inline(__always)
  private func multiply(
    _ panel: Int, _ vectors: [UnsafePointer<Float>], _ shifts: [Float], _ places: (Int, Int, Int, Int),
    _ results: UnsafeMutablePointer<Float>
  ) {
    let (a, b, c, d) = (vectors[places.0], vectors[places.1], vectors[places.2], vectors[places.3])
    var (sumA, sumB, sumC, sumD) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    var row = panels + panel &* width &* Self.lanes
    for column in 0..<width {
      let eight = Dense.loadBlock(row, 0)
      sumA += eight * a[column]
      sumB += eight * b[column]
      sumC += eight * c[column]
      sumD += eight * d[column]
      row += Self.lanes
    }
    let place = panel &* Self.lanes
    finish(sumA, shifts[places.0], place, results + places.0 &* stride)
    finish(sumB, shifts[places.1], place, results + places.1 &* stride)
    finish(sumC, shifts[places.2], place, results + places.2 &* stride)
    finish(sumD, shifts[places.3], place, results + places.3 &* stride)
  }

  @inline(__always)
  private func finish(_ sum: SIMD8<Float>, _ shift: Float, _ place: Int, _ row: UnsafeMutablePointer<Float>) {
    var value = (sum + shift + Dense.loadBlock(bias, place)) * scale
    value.replace(with: -bound, where: .!(value .>= -bound))
    value.replace(with: bound, where: value .> bound)
    Dense.storeBlock(value + Dense.loadBlock(rest, place), row, place)
  }
}
