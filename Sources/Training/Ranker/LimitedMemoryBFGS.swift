/// Minimises a smooth convex function of many variables by L-BFGS (Nocedal and Wright, "Numerical Optimization",
/// 2nd ed., algorithms 7.4 and 7.5) with a backtracking line search that wants Armijo's decrease.
struct LimitedMemoryBFGS {
  /// Steps at most.
  var iterations = 120
  /// Pairs of differences kept.
  var memory = 10
  /// Stops when the largest component of the gradient is below this share of the first.
  var tolerance = 1e-5

  /// - Parameters:
  ///   - start: where to begin.
  ///   - evaluate: gives the value at a point and writes the gradient there.
  /// - Returns: the best point found.
  func minimise(
    from start: [Double], _ evaluate: (_ point: [Double], _ gradient: inout [Double]) -> Double
  ) -> [Double] {
    var point = start
    var gradient = [Double](repeating: 0, count: point.count)
    var value = evaluate(point, &gradient)
    let first = max(Self.largest(gradient), .leastNormalMagnitude)
    var pairs: [(step: [Double], change: [Double], curvature: Double)] = []
    for _ in 0..<iterations where Self.largest(gradient) > tolerance * first {
      var direction = descent(gradient, pairs)
      var slope = Self.dot(direction, gradient)
      if slope >= 0 {
        pairs.removeAll()
        direction = gradient.map { -$0 }
        slope = -Self.dot(gradient, gradient)
      }
      var length = pairs.isEmpty ? min(1, 1 / Self.dot(gradient, gradient).squareRoot()) : 1
      var (next, nextGradient, nextValue) = (point, gradient, value)
      var tries = 0
      repeat {
        for k in point.indices { next[k] = point[k] + length * direction[k] }
        nextValue = evaluate(next, &nextGradient)
        if nextValue <= value + 1e-4 * length * slope { break }
        length *= 0.5
        tries += 1
      } while tries < 30
      if tries == 30 { break }
      let step = zip(next, point).map { $0 - $1 }
      let change = zip(nextGradient, gradient).map { $0 - $1 }
      let curvature = Self.dot(step, change)
      if curvature > 1e-12 {
        pairs.append((step, change, curvature))
        if pairs.count > memory { pairs.removeFirst() }
      }
      (point, gradient, value) = (next, nextGradient, nextValue)
    }
    return point
  }

  /// −H·g by the two loops over the kept differences.
  private func descent(
    _ gradient: [Double], _ pairs: [(step: [Double], change: [Double], curvature: Double)]
  ) -> [Double] {
    var direction = gradient.map { -$0 }
    var shares = [Double](repeating: 0, count: pairs.count)
    for index in pairs.indices.reversed() {
      shares[index] = Self.dot(pairs[index].step, direction) / pairs[index].curvature
      Self.add(-shares[index], pairs[index].change, to: &direction)
    }
    if let last = pairs.last {
      let scale = last.curvature / Self.dot(last.change, last.change)
      for k in direction.indices { direction[k] *= scale }
    }
    for index in pairs.indices {
      let share = Self.dot(pairs[index].change, direction) / pairs[index].curvature
      Self.add(shares[index] - share, pairs[index].step, to: &direction)
    }
    return direction
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for k in a.indices { sum += a[k] * b[k] }
    return sum
  }

  private static func add(_ factor: Double, _ a: [Double], to b: inout [Double]) {
    for k in a.indices { b[k] += factor * a[k] }
  }

  private static func largest(_ a: [Double]) -> Double { a.reduce(0) { max($0, $1.magnitude) } }
}
