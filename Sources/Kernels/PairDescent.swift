import Glibc

/// Bayesian personalised ranking's step on rows of Float, filled up with zeros to whole blocks of eight.
package enum PairDescent {
  /// With u, i, j the rows and z = 1 / (1 + exp(u · (i − j))): u += rate · (z (i − j) − decay u),
  /// i += rate · (z u − decay i), j += rate · (−z u − decay j), each with the u before.
  ///
  /// - Parameters:
  ///   - user: `factors` numbers, then 1, which stays.
  ///   - liked: `factors` numbers, then the item's bias.
  ///   - other: another item; or the same, which is then moved twice.
  /// - Returns: whether z < 0.5, that is, the items stood in the right order.
  /// - Complexity: O(factors).
  package static func step(
    user: UnsafeMutablePointer<Float>, liked: UnsafeMutablePointer<Float>, other: UnsafeMutablePointer<Float>,
    factors: Int, rate: Float, decay: Float
  ) -> Bool {
    let stride = FactorRows.stride(ofFactors: factors + 1)
    var sums = SIMD8<Float>.zero
    for index in Swift.stride(from: 0, to: stride, by: FactorRows.lanes) {
      sums += Dense.loadBlock(user, index) * (Dense.loadBlock(liked, index) - Dense.loadBlock(other, index))
    }
    let slope = 1 / (1 + exp(Dense.laneSum(sums)))
    let (z, step, shrink) = (
      SIMD8<Float>(repeating: slope), SIMD8<Float>(repeating: rate), SIMD8<Float>(repeating: decay)
    )
    for index in Swift.stride(from: 0, to: stride, by: FactorRows.lanes) {
      let (u, i, j) = (Dense.loadBlock(user, index), Dense.loadBlock(liked, index), Dense.loadBlock(other, index))
      Dense.storeBlock(u + step * (z * (i - j) - shrink * u), user, index)
      Dense.storeBlock(i + step * (z * u - shrink * i), liked, index)
      // Read again: it may be the row just written.
      let last = Dense.loadBlock(other, index)
      Dense.storeBlock(last + step * (-z * u - shrink * last), other, index)
    }
    user[factors] = 1
    return slope < 0.5
  }
}
