import Glibc
import Kernels
import Ranking

/// Learns a ``MomentBlend`` from lists of both kinds.
struct BlendLearner {
  /// Share of engagements that come sooner after the tweet than ``MomentBlend/evergreenAge``.
  static let freshShare = 0.99
  /// The least that the evergreen score counts, where the log hardly shows old tweets engaged with.
  static let leastSlope = 0.2

  let signals: [Signal]
  let parallel: Parallel

  /// - Parameters:
  ///   - temporal: of new tweets.
  ///   - retrospective: of tweets that others had engaged with.
  ///   - isTimed: whether the log knows when; without, a tweet is long known once anybody engaged with it.
  ///   - isUsed: [S] which signals may have weight.
  func learn(
    _ temporal: RankingLists, _ retrospective: RankingLists, isTimed: Bool, isUsed: [Bool]
  ) -> MomentBlend {
    var all = temporal
    all.append(retrospective)
    let scaling = SignalScaling(all)
    let fresh = ConditionalLogit(temporal, scaling: scaling, parallel: parallel).fit(isUsed)
    let evergreen = ConditionalLogit(retrospective, scaling: scaling, parallel: parallel).fit(isUsed)
    let age = isTimed ? evergreenAge(temporal) : 0
    var blend = MomentBlend(
      signals: signals, means: scaling.means, scales: scaling.scales, stepOffsets: scaling.stepOffsets,
      edges: scaling.edges, fresh: .init(slopes: fresh.slopes, steps: fresh.steps, offset: 0),
      evergreen: .init(slopes: evergreen.slopes, steps: evergreen.steps, offset: 0), evergreenAge: age)
    if temporal.count == 0 { blend.fresh = blend.evergreen }
    if retrospective.count == 0 { blend.evergreen = blend.fresh }
    // Without times no list has tweets of both kinds.
    calibrate(&blend, isTimed && temporal.count > 0 ? temporal : all)
    return blend
  }

  /// Seconds; a quantile of the age at which people engage. Without times there is no evergreen.
  private func evergreenAge(_ lists: RankingLists) -> Float {
    guard let column = signals.firstIndex(of: .age) else { return .greatestFiniteMagnitude }
    var ages: [Float] = []
    for row in 0..<lists.rows where lists.labels[row] {
      let age = lists.values[row * lists.width + column]
      if !age.isNaN { ages.append(age) }
    }
    guard !ages.isEmpty else { return .greatestFiniteMagnitude }
    ages.sort()
    return expm1f(ages[min(ages.count - 1, Int(Double(ages.count) * Self.freshShare))]) * 3600
  }

  /// The rising curve behind the line of a calibrated blend.
  static func curve(_ blend: MomentBlend, _ lists: RankingLists) -> ScoreCalibration {
    let scores = (0..<lists.rows).map { row in
      let values = lists.values[row * lists.width..<(row + 1) * lists.width]
      return Double(blend.score(values, isEvergreen(values, blend) ? blend.evergreen : blend.fresh))
    }
    return CalibrationLearner.learn(scores: scores, labels: lists.labels)
  }

  private static func isEvergreen(_ values: ArraySlice<Float>, _ blend: MomentBlend) -> Bool {
    let signals = blend.signals
    guard let age = signals.firstIndex(of: .age), let count = signals.firstIndex(of: .tweetCount) else { return false }
    return blend.isEvergreen(age: values[values.startIndex + age], count: values[values.startIndex + count])
  }

  /// Brings both scores to log odds of one scale (Platt).
  private func calibrate(_ blend: inout MomentBlend, _ lists: RankingLists) {
    var scores: [[Double]] = [[], []]
    var labels: [[Bool]] = [[], []]
    for row in 0..<lists.rows {
      let values = lists.values[row * lists.width..<(row + 1) * lists.width]
      let isOld = Self.isEvergreen(values, blend)
      scores[isOld ? 1 : 0].append(Double(blend.score(values, isOld ? blend.evergreen : blend.fresh)))
      labels[isOld ? 1 : 0].append(lists.labels[row])
    }
    blend.fresh.calibrate(scores[0], labels[0], leastSlope: Self.leastSlope)
    blend.evergreen.calibrate(scores[1], labels[1], leastSlope: Self.leastSlope)
  }
}

extension MomentBlend.Weights {
  /// Slope and offset of Platt's curve become part of the weights. Without positives, or without negatives, they stay
  /// as they are.
  fileprivate mutating func calibrate(_ scores: [Double], _ labels: [Bool], leastSlope: Double) {
    guard labels.contains(true), labels.contains(false), let curve = try? PlattScaling(scores: scores, labels: labels)
    else { return }
    let slope = Float(max(leastSlope, curve.slope))
    slopes = slopes.map { $0 * slope }
    steps = steps.map { $0 * slope }
    offset = Float(curve.offset)
  }
}
