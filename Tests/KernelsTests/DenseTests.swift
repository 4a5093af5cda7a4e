import Testing

@testable import Kernels

@Suite("Dense vectors")
struct DenseTests {
  private static func randomVector(_ count: Int, _ generator: inout SeededGenerator) -> [Float] {
    (0..<count).map { _ in Float(generator.gaussian()) }
  }

  @Test("dot agrees with a sum in double precision, for every length up to 100", arguments: 0...100)
  func dotIsAccurate(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let a = Self.randomVector(count, &generator)
    let b = Self.randomVector(count, &generator)
    let exact = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let magnitude = zip(a, b).reduce(0.0) { $0 + abs(Double($1.0) * Double($1.1)) }
    #expect(abs(Double(Dense.dot(a, b, count: count)) - exact) <= magnitude * 4e-7)
  }

  @Test("dot is the same bit for bit wherever the vectors lie in memory")
  func dotDoesNotDependOnAlignment() {
    var generator = SeededGenerator(seed: 5)
    for count in [1, 7, 8, 15, 16, 31, 64, 67, 100] {
      let a = Self.randomVector(count, &generator)
      let b = Self.randomVector(count, &generator)
      let expected = Dense.dot(a, b, count: count).bitPattern
      for shiftA in 0..<9 {
        for shiftB in [0, 1, 3, 8] {
          let movedA = [Float](repeating: .nan, count: shiftA) + a
          let movedB = [Float](repeating: .nan, count: shiftB) + b
          let got = movedA.withUnsafeBufferPointer { left in
            movedB.withUnsafeBufferPointer { right in
              Dense.dot(left.baseAddress! + shiftA, right.baseAddress! + shiftB, count: count)
            }
          }
          #expect(got.bitPattern == expected)
        }
      }
    }
  }

  @Test("axpy gives exactly y + alpha * x per element and touches nothing behind the end", arguments: 0...40)
  func axpyIsExact(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let x = Self.randomVector(count, &generator)
    let before = Self.randomVector(count, &generator)
    var y = before + [42]
    Dense.axpy(0.3, x, &y, count: count)
    for index in 0..<count {
      let product: Float = 0.3 * x[index]
      #expect(y[index] == before[index] + product)
    }
    #expect(y[count] == 42)
  }
}
