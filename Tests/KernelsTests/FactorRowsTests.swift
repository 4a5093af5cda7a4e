import Testing

@testable import Kernels

@Suite("Factor rows")
struct FactorRowsTests {
  private struct Case {
    let factors: Int
    let stride: Int
    var table: [Float]
    var matrix: [Float]
    var x: [Float]
    var columns: [UInt32]
    var confidences: [Float]

    init(_ generator: inout SeededGenerator) {
      factors = 1 + generator.below(20)
      stride = FactorRows.stride(ofFactors: factors)
      let rows = 1 + generator.below(12)
      table = [Float](repeating: 0, count: rows * stride)
      matrix = [Float](repeating: 0, count: stride * stride)
      x = [Float](repeating: 0, count: stride)
      for row in 0..<rows { for factor in 0..<factors { table[row * stride + factor] = Float(generator.gaussian()) } }
      for line in 0..<factors {
        x[line] = Float(generator.gaussian())
        for column in 0...line {
          matrix[line * stride + column] = Float(generator.gaussian())
          matrix[column * stride + line] = matrix[line * stride + column]
        }
      }
      columns = (0..<generator.below(15)).map { _ in UInt32(generator.below(rows)) }
      confidences = columns.map { _ in Float(generator.below(9) - 3) }
    }

    func row(_ index: Int) -> [Double] { table[index * stride..<(index + 1) * stride].map { Double($0) } }
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  @Test("the residual is that of the plain formula in Double, and padding stays zero")
  func residual() throws {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<200 {
      let item = Case(&generator)
      let x = item.x.map { Double($0) }
      for hasTargets in [true, false] {
        var expected = (0..<item.stride).map { line in
          -dot(item.matrix[line * item.stride..<(line + 1) * item.stride].map { Double($0) }, x)
        }
        for (column, confidence) in zip(item.columns, item.confidences) {
          let row = item.row(Int(column))
          let target = hasTargets ? max(Double(confidence), 0) : 0
          let factor = target + (1 - abs(Double(confidence))) * dot(row, x)
          for index in expected.indices { expected[index] += factor * row[index] }
        }
        var found = [Float](repeating: .nan, count: item.stride)
        item.columns.withUnsafeBufferPointer { columns in
          item.confidences.withUnsafeBufferPointer { confidences in
            guard let columns = columns.baseAddress, let confidences = confidences.baseAddress else { return }
            FactorRows.residual(
              matrix: item.matrix, x: item.x, table: item.table,
              entries: FactorEntries(columns: columns, confidences: confidences, count: item.columns.count),
              stride: item.stride, hasTargets: hasTargets, into: &found)
          }
        }
        for (a, b) in zip(found, expected) { #expect(abs(Double(a) - b) < 1e-3) }
        #expect(found[item.factors...].allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("outer products fill the lower half, all rows alike or weighted by confidence less one")
  func outerProducts() {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<100 {
      let item = Case(&generator)
      let rows = item.table.count / item.stride
      var all = [Float](repeating: 0, count: item.stride * item.stride)
      var some = all
      FactorRows.addOuterProducts(
        table: item.table, rows: 0..<rows, entries: nil, stride: item.stride, into: &all)
      item.columns.withUnsafeBufferPointer { columns in
        item.confidences.withUnsafeBufferPointer { confidences in
          guard let columns = columns.baseAddress, let confidences = confidences.baseAddress else { return }
          FactorRows.addOuterProducts(
            table: item.table, rows: 0..<item.columns.count,
            entries: FactorEntries(columns: columns, confidences: confidences, count: item.columns.count),
            stride: item.stride, into: &some)
        }
      }
      for line in 0..<item.stride {
        for column in 0...line {
          let plain = (0..<rows).reduce(0) { $0 + item.row($1)[line] * item.row($1)[column] }
          let weighted = zip(item.columns, item.confidences).reduce(0) { sum, entry in
            let row = item.row(Int(entry.0))
            return sum + (abs(Double(entry.1)) - 1) * row[line] * row[column]
          }
          #expect(abs(Double(all[line * item.stride + column]) - plain) < 1e-3)
          #expect(abs(Double(some[line * item.stride + column]) - weighted) < 1e-3)
        }
      }
    }
  }

  @Test("a step on a pair is that of the plain formulas; the user's last number stays 1")
  func pairs() {
    var generator = SeededGenerator(seed: 10)
    for _ in 0..<100 {
      let factors = 1 + generator.below(20)
      let stride = FactorRows.stride(ofFactors: factors + 1)
      func row() -> [Float] {
        (0..<stride).map { $0 <= factors ? Float(generator.gaussian()) : 0 }
      }
      var (user, liked, other) = (row(), row(), row())
      user[factors] = 1
      let (u, i, j) = (user.map { Double($0) }, liked.map { Double($0) }, other.map { Double($0) })
      let score = dot(u, zip(i, j).map { $0 - $1 })
      var slope = 1.0
      slope /= 1 + exponential(score)
      let isRight = PairDescent.step(
        user: &user, liked: &liked, other: &other, factors: factors, rate: 0.5, decay: 0.25)
      if abs(slope - 0.5) > 1e-4 { #expect(isRight == (slope < 0.5)) }
      for index in 0..<stride {
        let moved = index == factors ? 1 : u[index] + 0.5 * (slope * (i[index] - j[index]) - 0.25 * u[index])
        #expect(abs(Double(user[index]) - moved) < 1e-4)
        #expect(abs(Double(liked[index]) - (i[index] + 0.5 * (slope * u[index] - 0.25 * i[index]))) < 1e-4)
        #expect(abs(Double(other[index]) - (j[index] + 0.5 * (-slope * u[index] - 0.25 * j[index]))) < 1e-4)
      }
    }
  }

  /// eˣ by its series, halved often enough to converge at once.
  private func exponential(_ x: Double) -> Double {
    var result = 1.0
    var term = 1.0
    for index in 1...20 {
      term *= x / 1024 / Double(index)
      result += term
    }
    for _ in 0..<10 { result *= result }
    return result
  }
}
