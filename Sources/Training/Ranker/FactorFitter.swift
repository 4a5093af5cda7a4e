import Kernels

/// Least-squares factors of counted pairs, and the matrix that folds a newcomer in.
struct FactorFitter {
  let factors: Int
  let alpha: Double
  let regularization: Double
  let rounds: Int
  let seed: UInt64
  let parallel: Parallel

  /// Factors of rows and columns, row-major without padding.
  func fit(
    _ pairs: SparseRows<Float>, columnCount: Int
  ) throws(TrainingError) -> (rows: [Float], columns: [Float]) {
    guard pairs.entryCount > 0, columnCount > 0 else {
      return (
        .init(repeating: 0, count: pairs.rowCount * factors), .init(repeating: 0, count: columnCount * factors)
      )
    }
    do throws(ImplicitError) {
      let interactions = try Interactions(
        userCount: pairs.rowCount, itemCount: columnCount, users: pairs.rowOfEachEntry,
        items: pairs.columns, values: pairs.values)
      let settings = ALSSettings(factors: factors, regularization: regularization, alpha: alpha)
      var model = try ALSFactors<Float>(interactions, settings: settings, seed: seed, parallel: parallel)
      for _ in 0..<rounds { try model.runIteration() }
      return (flat(model.users), flat(model.items))
    } catch { throw .factors(reason: "\(error)") }
  }

  private func flat(_ matrix: FactorMatrix<Float>) -> [Float] {
    var flat: [Float] = []
    flat.reserveCapacity(matrix.rows * factors)
    for row in 0..<matrix.rows {
      matrix.withRow(row) { flat.append(contentsOf: UnsafeBufferPointer(start: $0, count: factors)) }
    }
    return flat
  }

  /// (XᵀX + λI)⁻¹ of [n, factors] factors, [factors, factors], by Gauss and Jordan in Double: the matrix is positive
  /// definite, so the pivots are.
  func fold(_ table: [Float]) throws(TrainingError) -> [Float] {
    let k = factors
    var gram = [Double](repeating: 0, count: k * k)
    for row in 0..<table.count / k {
      for i in 0..<k where table[row * k + i] != 0 {
        for j in 0..<k { gram[i * k + j] += Double(table[row * k + i]) * Double(table[row * k + j]) }
      }
    }
    var inverse = [Double](repeating: 0, count: k * k)
    for i in 0..<k {
      gram[i * k + i] += regularization
      inverse[i * k + i] = 1
    }
    for pivot in 0..<k {
      let scale = gram[pivot * k + pivot]
      guard scale > 0 else { throw .factors(reason: "factors that are not finite") }
      for j in 0..<k {
        gram[pivot * k + j] /= scale
        inverse[pivot * k + j] /= scale
      }
      for row in 0..<k where row != pivot {
        let factor = gram[row * k + pivot]
        if factor == 0 { continue }
        for j in 0..<k {
          gram[row * k + j] -= factor * gram[pivot * k + j]
          inverse[row * k + j] -= factor * inverse[pivot * k + j]
        }
      }
    }
    return inverse.map { Float($0) }
  }
}
