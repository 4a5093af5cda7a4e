import Kernels

/// Last verb of ranking: the order of the scores, one position explored now and then, and the answer's columns.
public enum Ranker {
  /// Orders the candidates of `scratch` and gathers the answer. Ties go to the smaller id. Of `steps` only what looks at
  /// the other candidates is still to be done.
  ///
  /// Two uniform draws are taken from `generator` per call whatever the outcome, so that a replay stays in step.
  /// O(candidates · log limit).
  public static func rank(
    _ query: RankQuery, model: Model, policy: BanditPolicy, steps: RankSteps = RankSteps(), requestID: UInt64,
    scratch: RankScratch, using generator: inout SeededGenerator
  ) -> RankedTweets {
    let count = scratch.count
    let shown = query.limit > 0 ? min(query.limit, count) : count
    let drawn = generator.uniform()
    let choice = generator.uniform()
    var explored = 0
    if steps.authorPenalty != 0 {
      scratch.authorDiversity.adjust(scratch, query: query, model: model, penalty: steps.authorPenalty)
    }
    if shown > 0 {
      let slot = min(policy.slot, shown)
      // Beyond what is shown, only as far as the rule's own choice may come from; one from below that only pushes the
      // last one out.
      let ordered = max(shown, min(count, slot - 1 + policy.contenders))
      scratch.putInOrder(best: ordered)
      let exploration = Exploration(
        policy: policy, candidates: count, shown: shown,
        shares: policy.shares(of: scratch, ranks: slot..<min(ordered + 1, slot + policy.contenders)))
      let propensities = scratch.propensities
      for position in 1...shown {
        propensities[position - 1] = Float(exploration.propensity(rank: position, position: position))
      }
      let chosen = exploration.rank(drawn: drawn, choice: choice)
      if chosen != slot {
        explored = slot
        move(chosen, exploration, ordered: ordered, shown: shown, scratch: scratch)
      }
    }
    gather(query, model: model, steps: steps.active, shown: shown, scratch: scratch)
    let columns = query.explains ? model.signals.count + steps.active.count : 0
    return RankedTweets(
      requestID: requestID,
      tweetIDs: .init(start: scratch.rankedIDs, count: shown),
      scores: .init(start: scratch.rankedScores, count: shown),
      propensities: .init(start: scratch.propensities, count: shown),
      familiarity: .init(start: scratch.rankedFamiliarity, count: shown),
      explainedSignals: columns,
      contributions: .init(start: scratch.explainedContributions, count: shown * columns),
      values: .init(start: scratch.explainedValues, count: shown * columns),
      texts: .init(start: scratch.rankedTexts, count: query.includesText ? shown : 0),
      userIsKnown: scratch.userRow != ModelSchema.noRow,
      exploredPosition: explored,
      duplicatesRemoved: scratch.duplicatesRemoved,
      valuesReplaced: scratch.valuesReplaced)
  }

  /// Puts the candidate of rank `chosen`, which is below the slot's, into the slot, and those between down by one.
  private static func move(
    _ chosen: Int, _ exploration: Exploration, ordered: Int, shown: Int, scratch: RankScratch
  ) {
    let (order, slot) = (scratch.order, exploration.slot)
    // Where ranks are not ordered they do not matter, only that each of the rest is equally likely.
    let candidate = chosen <= ordered ? order[chosen - 1] : unordered(chosen - ordered - 1, ordered, scratch)
    var position = min(chosen, shown)
    while position > slot {
      order[position - 1] = order[position - 2]
      scratch.propensities[position - 1] = Float(exploration.propensity(rank: position - 1, position: position))
      position -= 1
    }
    order[slot - 1] = candidate
    scratch.propensities[slot - 1] = Float(exploration.propensity(rank: chosen, position: slot))
  }

  /// The n-th candidate, in the caller's order, that is not among the `ordered` best.
  private static func unordered(_ n: Int, _ ordered: Int, _ scratch: RankScratch) -> UInt32 {
    // Explored calls are few; marking in a column that is free at this point saves a set.
    let marks = scratch.rankedFamiliarity
    marks.update(repeating: 0, count: scratch.count)
    for position in 0..<ordered { marks[Int(scratch.order[position])] = 1 }
    var left = n
    for i in 0..<scratch.count where marks[i] == 0 {
      if left == 0 { return UInt32(truncatingIfNeeded: i) }
      left -= 1
    }
    return scratch.order[ordered - 1]
  }

  /// Copies what the answer needs into ranked order.
  private static func gather(
    _ query: RankQuery, model: Model, steps: [RankStep], shown: Int, scratch: RankScratch
  ) {
    let order = scratch.order
    take(scratch.ids, order, shown, into: scratch.rankedIDs)
    take(scratch.scores, order, shown, into: scratch.rankedScores)
    take(scratch.familiarity, order, shown, into: scratch.rankedFamiliarity)
    guard query.explains || query.includesText else { return }
    let signals = model.signals
    for position in 0..<shown {
      let i = Int(order[position])
      if query.explains {
        let row = position * (signals.count + steps.count)
        for (column, signal) in signals.enumerated() {
          let value = scratch.values(signal.rawValue)[i]
          scratch.explainedContributions[row + column] = scratch.contributions(signal.rawValue)[i]
          scratch.explainedValues[row + column] = value.isFinite ? value : 0
        }
        for (column, step) in steps.enumerated() {
          scratch.explainedContributions[row + signals.count + column] = scratch.terms(of: step)[i]
          scratch.explainedValues[row + signals.count + column] = scratch.values(of: step)[i]
        }
      }
      if query.includesText {
        let row = scratch.rows[i]
        scratch.rankedTexts[position] =
          row == ModelSchema.noRow ? .init(start: nil, count: 0) : model.tweets.texts[Int(row)]
      }
    }
  }

  private static func take<T>(
    _ column: UnsafePointer<T>, _ order: UnsafePointer<UInt32>, _ count: Int, into ranked: UnsafeMutablePointer<T>
  ) {
    for position in 0..<count { ranked[position] = column[Int(order[position])] }
  }
}
