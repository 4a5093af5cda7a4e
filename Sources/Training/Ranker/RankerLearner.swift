import Kernels
import Ranking

/// Learns the `ranker` recipe from the part of the log before a moment: tastes, and the blend of all signals.
package struct RankerLearner {
  /// What came of it.
  package struct Result {
    /// The world with nothing folded yet; a ``Replay`` does that.
    package var world: MomentWorld
    package let blend: MomentBlend
    /// From scores to log odds.
    package let calibration: ScoreCalibration
    /// Lists of impressions among the temporal ones: all of them, or none.
    package let impressionLists: Int
    /// What tells the types of engagement from each other.
    let types: TypeLearner.Result
    /// Signals without weight, with the reason.
    package let switchedOff: [(signal: Signal, reason: String)]
    /// Whether the log knows when.
    let isTimed: Bool
    /// What it was learned from.
    let temporal: RankingLists
    let retrospective: RankingLists

    package var temporalLists: Int { temporal.count }
    package var retrospectiveLists: Int { retrospective.count }
  }

  /// Fewer impressions than these say too little: the blend is then learned from lists that are drawn.
  static let leastImpressions = 200

  let data: TrainingData
  let order: EventOrder
  let facts: TweetFacts
  let tagCount: Int
  let termCount: Int
  let seed: UInt64
  let parallel: Parallel
  let progress: TrainingProgress
  /// The first moment that is not learned from; nil: all is.
  let end: Int64?
  /// See ``TrainingOptions/blendLists``.
  let listLimit: Int
  let calibration: CalibrationMethod
  /// Signals left out on request.
  let without: Set<Signal>

  /// Learns. Engagements and edges at or after ``end`` are not looked at.
  package func learn() throws(TrainingError) -> Result {
    let events = order.engagements.filter { data.log.times[$0].precedes(end) }
    let edges = order.edges.filter { data.graph.times[$0].precedes(end) }
    let signals = Signal.ofMoment.filter { $0 != .embedding || facts.embeddings != nil }
    let builder = TasteBuilder(data: data, facts: facts, tags: tagCount, seed: seed, parallel: parallel)
    let maker = ExampleMaker(
      data: data, order: order, signals: signals, termCount: termCount, events: events, end: end, tastes: builder,
      listLimit: listLimit, seed: seed)
    let sampler = NegativeSampler(data: data, events: events)
    var examples = TypeExamples(width: signals.count)
    var temporal = try maker.temporal(sampler, examples: &examples) {
      progress.update(stage: "examples", completed: $0, total: $1)
    }
    let isTimed = temporal.count > 0
    if !isTimed {
      temporal = try maker.unseen(sampler, examples: &examples) {
        progress.update(stage: "examples", completed: $0, total: $1)
      }
    }
    progress.finish(stage: "examples", detail: "\(ReportText.count(temporal.count)) lists")
    var impressionLists = 0
    if let impressions = data.impressions {
      let shown = try maker.shown(impressions) { progress.update(stage: "impressions", completed: $0, total: $1) }
      progress.finish(stage: "impressions", detail: "\(ReportText.count(shown.count)) lists")
      if shown.count >= Self.leastImpressions { (temporal, impressionLists) = (shown, shown.count) }
    }
    let retrospective = try maker.retrospective(sampler) {
      progress.update(stage: "hindsight", completed: $0, total: $1)
    }
    progress.finish(stage: "hindsight", detail: "\(ReportText.count(retrospective.count)) lists")
    let world = try maker.world(engagements: events, edges: edges)
    progress.update(stage: "order", completed: 0, total: 0)
    let used = signals.map { !without.contains($0) }
    let blend = BlendLearner(signals: signals, parallel: parallel).learn(
      temporal, retrospective, isTimed: isTimed, isUsed: used)
    progress.finish(stage: "order", detail: "\(used.count { $0 }) signals weighted")
    let curve = calibration == .isotonic ? BlendLearner.curve(blend, temporal) : .none
    let types = TypeLearner(blend: blend, parallel: parallel)
      .learn(examples, names: data.typeNames, worth: data.typeWorth)
    let off = signals.indices.compactMap { index -> (signal: Signal, reason: String)? in
      if without.contains(signals[index]) { return (signals[index], "left out") }
      let isConstant = blend.stepOffsets[index] == blend.stepOffsets[index + 1] && blend.fresh.slopes[index] == 0
      return isConstant ? (signals[index], "the same for every tweet") : nil
    }
    return Result(
      world: world, blend: blend, calibration: curve, impressionLists: impressionLists, types: types, switchedOff: off,
      isTimed: isTimed,
      temporal: temporal, retrospective: retrospective)
  }
}
