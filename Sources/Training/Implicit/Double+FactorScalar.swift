import Glibc
import Kernels

/// The plain loops; a dot product in the order of vector units.
extension Double: FactorScalar {
  package static var ordersEntries: Bool { false }

  package static func stride(ofFactors factors: Int) -> Int { factors }

  package static func residual(
    matrix: UnsafePointer<Double>, x: UnsafePointer<Double>, table: UnsafePointer<Double>, entries: FactorEntries,
    stride: Int, hasTargets: Bool, into result: UnsafeMutablePointer<Double>
  ) {
    for line in 0..<stride { result[line] = -dot(matrix + line * stride, x, count: stride) }
    for entry in 0..<entries.count {
      let row = table + Int(entries.columns[entry]) * stride
      let confidence = Double(entries.confidences[entry])
      let target = hasTargets && confidence > 0 ? confidence : 0
      axpy(target + (1 - abs(confidence)) * dot(row, x, count: stride), row, result, count: stride)
    }
  }

  package static func curvature(
    matrix: UnsafePointer<Double>, x: UnsafePointer<Double>, table: UnsafePointer<Double>, entries: FactorEntries,
    stride: Int, scratch: UnsafeMutablePointer<Double>
  ) -> Double {
    residual(
      matrix: matrix, x: x, table: table, entries: entries, stride: stride, hasTargets: false, into: scratch)
    return -dot(x, scratch, count: stride)
  }

  package static func addOuterProducts(
    table: UnsafePointer<Double>, rows: Range<Int>, entries: FactorEntries?, stride: Int,
    into lower: UnsafeMutablePointer<Double>
  ) {
    for index in rows {
      let row = table + (entries.map { Int($0.columns[index]) } ?? index) * stride
      let weight = entries.map { abs(Double($0.confidences[index])) - 1 } ?? 1
      for line in 0..<stride { axpy(weight * row[line], row, lower + line * stride, count: line + 1) }
    }
  }

  package static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int) -> Double {
    // Eight sums, added in halves at the end: the order of vector units, which also rounds less than one running sum.
    var sums = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var index = 0
    while index + 8 <= count {
      sums.0 += a[index] * b[index]
      sums.1 += a[index + 1] * b[index + 1]
      sums.2 += a[index + 2] * b[index + 2]
      sums.3 += a[index + 3] * b[index + 3]
      sums.4 += a[index + 4] * b[index + 4]
      sums.5 += a[index + 5] * b[index + 5]
      sums.6 += a[index + 6] * b[index + 6]
      sums.7 += a[index + 7] * b[index + 7]
      index += 8
    }
    var sum = ((sums.0 + sums.4) + (sums.2 + sums.6)) + ((sums.1 + sums.5) + (sums.3 + sums.7))
    while index < count {
      sum += a[index] * b[index]
      index += 1
    }
    return sum
  }

  package static func axpy(
    _ alpha: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>, count: Int
  ) {
    for index in 0..<count { y[index] += alpha * x[index] }
  }

  package static func descendPair(
    user: UnsafeMutablePointer<Double>, liked: UnsafeMutablePointer<Double>, other: UnsafeMutablePointer<Double>,
    factors: Int, rate: Float, decay: Float
  ) -> Bool {
    let (rate, decay) = (Double(rate), Double(decay))
    var score = 0.0
    for factor in 0...factors { score += user[factor] * (liked[factor] - other[factor]) }
    let slope = 1 / (1 + exp(score))
    for factor in 0..<factors {
      let before = user[factor]
      user[factor] += rate * (slope * (liked[factor] - other[factor]) - decay * before)
      liked[factor] += rate * (slope * before - decay * liked[factor])
      other[factor] += rate * (-slope * before - decay * other[factor])
    }
    liked[factors] += rate * (slope - decay * liked[factors])
    other[factors] += rate * (-slope - decay * other[factors])
    return slope < 0.5
  }

  package static func uniform(_ generator: inout PCG64Generator) -> Double { generator.uniform() }
}
