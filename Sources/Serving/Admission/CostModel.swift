import Ranking
import Wire

/// What calls cost, learned from what they did cost: nanoseconds a call and nanoseconds a unit (a candidate, or as much
/// text), by method and, for what is ranked, by ``RankEffort``.
///
/// A line through what was seen, call + unit · units, that follows it by normalised least mean squares (Widrow and Hoff,
/// "Adaptive switching circuits", 1960): each observation moves the line a part of the way to itself. Of calls that are all
/// alike it is an exponentially weighted mean.
struct CostModel {
  /// The part of the way.
  static let weight = 1.0 / 16
  /// Units that weigh as much as a call in what is moved.
  static let unitScale = 64.0
  /// One observation counts at most as this many times what was expected, and ``graceNanos`` more: a call during which the
  /// thread did not run says nothing of the method, and ``Pace`` takes care of the time.
  static let largestSurprise = 4.0
  static let graceNanos = 50_000.0

  /// Nanoseconds below which neither goes.
  private static let leastCall = 100.0
  private static let leastUnit = 1.0

  /// What one method costs.
  private struct Cost {
    var call: Double
    /// By effort; NaN: not seen yet.
    var unit: InlineArray<4, Double>

    /// An effort that was not seen yet is taken to cost what the nearest one that looks at more does.
    func unit(_ effort: RankEffort) -> Double {
      var place = effort.rawValue
      while place > 0, unit[place].isNaN { place -= 1 }
      return unit[place]
    }
  }

  private var costs: [Cost] = CallOutline.Method.allCases.map { method in
    // What a call costs before any has been seen, of a middling machine.
    let (call, unit): (Double, Double) =
      switch method {
      case .rank: (10_000, 1_000)
      case .recommend: (100_000, 1_000)
      case .similar: (200_000, 0)
      case .top: (20_000, 0)
      case .record: (10_000, 100)
      case .other: (50_000, 0)
      }
    return Cost(call: call, unit: [unit, .nan, .nan, .nan])
  }

  /// What a call of so many units is expected to cost, in nanoseconds; at least 1.
  func nanos(_ method: CallOutline.Method, units: Int, effort: RankEffort) -> UInt64 {
    let cost = costs[method.rawValue]
    return UInt64(max(1, min(1e15, cost.call + cost.unit(effort) * Double(units))))
  }

  /// Takes note of what a call did cost; returns what of it is the call's own, in nanoseconds.
  mutating func learn(_ method: CallOutline.Method, units: Int, effort: RankEffort, nanos: UInt64) -> UInt64 {
    let cost = costs[method.rawValue]
    let expected = cost.call + cost.unit(effort) * Double(units)
    let taken = min(Double(nanos), expected * Self.largestSurprise + Self.graceNanos)
    let size = Double(units) / Self.unitScale
    let step = Self.weight * (taken - expected) / (1 + size * size)
    costs[method.rawValue].call = max(Self.leastCall, cost.call + step)
    if units > 0 {
      costs[method.rawValue].unit[effort.rawValue] = max(
        Self.leastUnit, cost.unit(effort) + step * size / Self.unitScale)
    }
    return UInt64(taken)
  }

  /// How many times as much a candidate costs on the next rung up the ladder; at least 1.
  func ratioOfMore(than effort: RankEffort) -> Double {
    let cost = costs[CallOutline.Method.rank.rawValue]
    return max(1, cost.unit(effort.more) / max(1, cost.unit(effort)))
  }
}
