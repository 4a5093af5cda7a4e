import Kernels
import Testing

@Suite("Vectors in 255 steps")
struct QuantizedTests {
  private static func vector(_ count: Int, scale: Float, _ generator: inout SeededGenerator) -> [Float] {
    (0..<count).map { _ in scale * Float(generator.gaussian()) }
  }

  private static func quantise(_ vector: [Float]) -> [Int8] {
    var steps = [Int8](repeating: 1, count: vector.count)
    vector.withUnsafeBufferPointer { vector in
      steps.withUnsafeMutableBufferPointer { steps in
        guard let from = vector.baseAddress, let into = steps.baseAddress else { return }
        Quantized.quantise(from, count: vector.count, into: into)
      }
    }
    return steps
  }

  @Test(
    "each float is the nearest step of its vector's largest magnitude, whatever the scale",
    arguments: [
      Float(1), 1e-30, 3e37,
    ])
  func steps(scale: Float) {
    var generator = SeededGenerator(seed: 4)
    for count in [1, 2, 7, 8, 9, 384] {
      let vector = Self.vector(count, scale: scale, &generator)
      let largest = vector.map(abs).max() ?? 0
      for (value, step) in zip(vector, Self.quantise(vector)) {
        #expect(abs(Double(value) / Double(largest) * 127 - Double(step)) <= 0.5001)
      }
    }
    #expect(Self.quantise([0, 0]) == [0, 0])
    #expect(Self.quantise([.leastNonzeroMagnitude, 0]) == [0, 0])
    #expect(Self.quantise([-.greatestFiniteMagnitude, .greatestFiniteMagnitude]) == [-127, 127])
  }

  @Test("products and sums are those of the plain loops")
  func arithmetic() {
    var generator = SeededGenerator(seed: 5)
    for count in 0..<70 {
      let vector = Self.vector(count, scale: 1, &generator)
      let steps = (0..<count).map { _ in Int8(generator.below(255) - 127) }
      let exact = zip(steps, vector).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      var sums = vector
      steps.withUnsafeBufferPointer { steps in
        vector.withUnsafeBufferPointer { vector in
          sums.withUnsafeMutableBufferPointer { sums in
            guard let s = steps.baseAddress, let v = vector.baseAddress, let into = sums.baseAddress else { return }
            #expect(abs(Double(Quantized.dot(s, v, count: count)) - exact) <= 1e-4 * Double(max(1, count)) * 10)
            Quantized.axpy(0.25, s, into, count: count)
          }
        }
      }
      for i in 0..<count { #expect(sums[i] == vector[i] + 0.25 * Float(steps[i])) }
    }
  }
}
