import Testing

@testable import Kernels

private func plainDot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

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
    let weightedCount: Int

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
      // Some have more entries than one batch.
      columns = (0..<generator.below(generator.below(8) == 0 ? 200 : 30)).map { _ in UInt32(generator.below(rows)) }
      weightedCount = generator.below(columns.count + 1)
      confidences = []
      for entry in columns.indices {
        // −3…5, 0 and halves among them; past the weighted ones only 1 and −1.
        let any = Float(generator.below(17) - 6) / 2
        confidences.append(entry < weightedCount ? any : generator.below(3) == 0 ? -1 : 1)
      }
    }

    func withEntries(_ body: (FactorEntries) -> Void) {
      columns.withUnsafeBufferPointer { columns in
        confidences.withUnsafeBufferPointer { confidences in
          guard let columns = columns.baseAddress, let confidences = confidences.baseAddress else { return }
          body(
            FactorEntries(
              columns: columns, confidences: confidences, count: self.columns.count, weightedCount: weightedCount))
        }
      }
    }

    /// −matrix · x + Σ (target + (1 − |c|) row · x) row in Double.
    func plainResidual(hasTargets: Bool) -> [Double] {
      let x = self.x.map { Double($0) }
      var result = (0..<stride).map { line in
        -plainDot(matrix[line * stride..<(line + 1) * stride].map { Double($0) }, x)
      }
      for (column, confidence) in zip(columns, confidences) {
        let row = row(Int(column))
        let target = hasTargets ? max(Double(confidence), 0) : 0
        let factor = target + (1 - abs(Double(confidence))) * plainDot(row, x)
        for index in result.indices { result[index] += factor * row[index] }
      }
      return result
    }

    func row(_ index: Int) -> [Double] { table[index * stride..<(index + 1) * stride].map { Double($0) } }
  }

  @Test("the residual is that of the plain formula in Double, and padding stays zero")
  func residual() throws {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<200 {
      let item = Case(&generator)
      for hasTargets in [true, false] {
        var found = [Float](repeating: .nan, count: item.stride)
        item.withEntries {
          FactorRows.residual(
            matrix: item.matrix, x: item.x, table: item.table, entries: $0, stride: item.stride,
            hasTargets: hasTargets, into: &found)
        }
        for (a, b) in zip(found, item.plainResidual(hasTargets: hasTargets)) { #expect(abs(Double(a) - b) < 1e-3) }
        #expect(found[item.factors...].allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("the curvature is x · A x of the plain formula in Double")
  func curvature() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      let item = Case(&generator)
      var scratch = [Float](repeating: .nan, count: item.stride)
      var found = Float.nan
      item.withEntries {
        found = FactorRows.curvature(
          matrix: item.matrix, x: item.x, table: item.table, entries: $0, stride: item.stride, scratch: &scratch)
      }
      let expected = -plainDot(item.plainResidual(hasTargets: false), item.x.map { Double($0) })
      #expect(abs(Double(found) - expected) < 1e-4 * max(1, abs(expected)) + 1e-3)
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
      item.withEntries {
        FactorRows.addOuterProducts(
          table: item.table, rows: 0..<$0.weightedCount, entries: $0, stride: item.stride, into: &some)
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

  @Test("four lane sums at once are four lane sums")
  func laneSums() {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<50 {
      let blocks = (0..<4).map { _ in SIMD8((0..<8).map { _ in Float(generator.gaussian()) }) }
      let sums = Dense.laneSums(blocks[0], blocks[1], blocks[2], blocks[3])
      for lane in 0..<4 { #expect(sums[lane] == Dense.laneSum(blocks[lane])) }
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
      let score = plainDot(u, zip(i, j).map { $0 - $1 })
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
