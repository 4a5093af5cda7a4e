import Kernels

/// Factor vectors row by row, each filled up with zeros to a whole number of blocks.
package struct FactorMatrix<Scalar: FactorScalar>: Sendable {
  package let rows: Int
  package let factors: Int
  /// Numbers from one row to the next.
  package let stride: Int
  /// [rows · stride]
  private var numbers: [Scalar]

  /// A table of these [rows, factors] numbers.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init(rows: Int, factors: Int, numbers given: [Scalar]) throws(ImplicitError) {
    guard given.count == rows * factors else { throw .badStart(rows: given.count, expected: rows * factors) }
    self.rows = rows
    self.factors = factors
    stride = Scalar.stride(ofFactors: factors)
    numbers = Self.zeros(rows * stride)
    for row in 0..<rows {
      for factor in 0..<factors { numbers[row * stride + factor] = given[row * factors + factor] }
    }
  }

  /// Zeros on huge pages where there are any, which spares address translations of reads at random.
  private static func zeros(_ count: Int) -> [Scalar] {
    [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      PageMemory.adviseHugePages(UnsafeMutableRawBufferPointer(buffer))
      buffer.initialize(repeating: 0)
      initialized = count
    }
  }

  /// The factors of one row, which must be below ``rows``.
  package subscript(row: Int) -> ArraySlice<Scalar> { numbers[row * stride..<row * stride + factors] }

  /// The first row with a factor that is no number.
  var firstBadRow: Int? {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get { numbers.firstIndex { !$0.isFinite }.map { $0 / stride } }
  }

  /// A table of [rows, factors] numbers drawn one after the other.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init(rows: Int, factors: Int, generator: inout PCG64Generator, below limit: Scalar) {
    self.rows = rows
    self.factors = factors
    let stride = Scalar.stride(ofFactors: factors)
    self.stride = stride
    numbers = Self.zeros(rows * stride)
    numbers.withUnsafeMutableBufferPointer { numbers in
      var local = generator
      for row in 0..<rows {
        for factor in 0..<factors { numbers[row * stride + factor] = Scalar.uniform(&local) * limit }
      }
      generator = local
    }
  }

  func withTable(_ body: (UnsafePointer<Scalar>) -> Void) {
    numbers.withUnsafeBufferPointer { if let base = $0.baseAddress { body(base) } }
  }

  func withRow(_ row: Int, _ body: (UnsafePointer<Scalar>) -> Void) {
    withTable { body($0 + row * stride) }
  }

  mutating func withMutableTable(_ body: (UnsafeMutablePointer<Scalar>) -> Void) {
    numbers.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
  }
}
