import Foundation
import Testing

@testable import Kernels

@Suite("Columns of floats")
struct ColumnwiseTests {
  @Test("ln(1 + x) is that of the C library, to a few units in the last place, wherever x stands")
  func logarithms() {
    var generator = SeededGenerator(seed: 1)
    var inputs: [Float] = [0, 1e-30, 1e-7, 0.25, 0.414, 0.415, 1, 2, 3, 1e6, 1e30, .greatestFiniteMagnitude / 2]
    for _ in 0..<5_000 { inputs.append(Float(exp(30 * generator.uniform() - 12))) }
    for start in 0..<9 {
      var column = Array(inputs[start...])
      let count = column.count
      column.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { Columnwise.logOfOnePlus(base, count: count) }
      }
      for (x, got) in zip(inputs[start...], column) {
        let exact = log1p(Double(x))
        #expect(abs(Double(got) - exact) <= 4e-7 * max(1, exact), "\(x): \(got), \(exact)")
      }
    }
    var bad: [Float] = [.nan, -0.5, -3, 2]
    bad.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { Columnwise.logOfOnePlus(base, count: 4) }
    }
    #expect(bad[0].isNaN && bad[1].isNaN && bad[2].isNaN && abs(bad[3] - log(3)) < 1e-6)
  }

  @Test("e^x is that of the C library, to a few units in the last place, wherever x stands")
  func exponentials() {
    var generator = SeededGenerator(seed: 3)
    var inputs: [Float] = [0, -0.0, 1e-30, 0.34657, 0.34658, -0.34658, 1, -1, 40, -40, 87, -87]
    for _ in 0..<5_000 { inputs.append(Float(174 * generator.uniform() - 87)) }
    for start in 0..<9 {
      var column = Array(inputs[start...])
      let count = column.count
      column.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { Columnwise.exponential(base, count: count) }
      }
      for (x, got) in zip(inputs[start...], column) {
        let exact = exp(Double(x))
        #expect(abs(Double(got) - exact) <= 2e-7 * exact, "\(x): \(got), \(exact)")
      }
    }
    var ends: [Float] = [.infinity, -.infinity, 200, -200, .nan, 0]
    ends.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { Columnwise.exponential(base, count: 6) }
    }
    #expect(ends[0] == ends[2] && ends[1] == ends[3] && ends[0].isFinite && ends[1] > 0)
    #expect(ends[4].isNaN && ends[5] == 1)
  }

  @Test("a linear model's upper bounds are those of plain sums, for every length")
  func upperBounds() {
    var generator = SeededGenerator(seed: 4)
    for (count, size) in [(1, 1), (7, 3), (8, 8), (9, 8), (40, 2), (0, 4)] {
      let stride = 48
      let features = (0..<size * stride).map { _ in Float(generator.gaussian()) }
      let theta = (0..<size).map { _ in Float(generator.gaussian()) }
      let triangle = (0..<size * (size + 1) / 2).map { _ in Float(generator.gaussian()) }
      var results = [Float](repeating: 99, count: stride)
      results.withUnsafeMutableBufferPointer { results in
        guard let results = results.baseAddress else { return }
        features.withUnsafeBufferPointer { features in
          theta.withUnsafeBufferPointer { theta in
            triangle.withUnsafeBufferPointer { triangle in
              guard let first = features.baseAddress else { return }
              Columnwise.upperBounds(
                features: first, stride: stride, count: count, coefficients: theta, triangle: triangle, bonus: 0.5,
                bound: 4, into: results)
            }
          }
        }
      }
      for i in 0..<count {
        let x = (0..<size).map { Double(features[$0 * stride + i]) }
        let mean = zip(x, theta).reduce(0) { $0 + $1.0 * Double($1.1) }
        let squares = (0..<size).reduce(0.0) { sum, row in
          let v = (0...row).reduce(0.0) { $0 + x[$1] * Double(triangle[row * (row + 1) / 2 + $1]) }
          return sum + v * v
        }
        #expect(abs(Double(results[i]) - min(4, max(-4, mean + 0.5 * squares.squareRoot()))) < 1e-5)
      }
      #expect(results[(count + 7) / 8 * 8] == 99)
    }
  }

  @Test("a line and stairs are what a plain loop gives, for both kinds, for every length")
  func stairs() {
    var generator = SeededGenerator(seed: 2)
    for count in 0..<40 {
      let values = (0..<count).map { $0 % 7 == 3 ? Float.nan : Float(3 * generator.gaussian()) }
      let kinds = (0..<count).map { _ in UInt32(generator.below(2)) }
      let edges: [Float] = [-1, 0, 0.5]
      let steps: ([Float], [Float]) = ([0.5, -0.25, 1], [2, 0, -1])
      var contributions = [Float](repeating: -1, count: count + 1)
      var scores = [Float](repeating: 10, count: count + 1)
      edges.withUnsafeBufferPointer { edges in
        steps.0.withUnsafeBufferPointer { first in
          steps.1.withUnsafeBufferPointer { second in
            values.withUnsafeBufferPointer { values in
              kinds.withUnsafeBufferPointer { kinds in
                guard let values = values.baseAddress, let kinds = kinds.baseAddress else { return }
                Columnwise.Stairs(
                  mean: 0.5, inverseScale: 0.5, bound: 1, slopes: (2, -3), edges: edges, steps: (first, second)
                ).apply(values, kinds: kinds, count: count, contributions: &contributions, scores: &scores)
              }
            }
          }
        }
      }
      for i in 0..<count {
        let second = kinds[i] == 1
        let z = min(1, max(-1, (values[i] - 0.5) * 0.5))
        var sum = (second ? -3 : 2) * z
        for step in edges.indices where values[i] > edges[step] { sum += second ? steps.1[step] : steps.0[step] }
        let expected = values[i].isNaN ? 0 : sum
        #expect(abs(contributions[i] - expected) < 1e-6 && abs(scores[i] - 10 - expected) < 1e-5)
      }
      #expect(contributions[count] == -1 && scores[count] == 10, "nothing is written behind the end")
    }
  }
}
