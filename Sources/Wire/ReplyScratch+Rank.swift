import Ranking
import RankingProto

/// The responses that are rankings.
extension ReplyScratch {
  func rank(
    _ ranked: RankedTweets, _ context: RankContext, _ left: Degradation
  ) -> UnsafeMutablePointer<Apus__V1__RankResponse> {
    let response = rankResponse.reset()
    response.pointee.request_id = ranked.requestID
    (response.pointee.n_tweet_ids, response.pointee.tweet_ids) = column(ranked.tweetIDs)
    (response.pointee.n_scores, response.pointee.scores) = column(ranked.scores)
    (response.pointee.n_propensities, response.pointee.propensities) = column(ranked.propensities)
    response.pointee.n_familiarity = ranked.familiarity.count
    // The C enum is four bytes wide (protobuf-c pads it to `int`), as the column is.
    response.pointee.familiarity = UnsafeMutableRawPointer(mutating: ranked.familiarity.baseAddress)?
      .assumingMemoryBound(to: Apus__V1__Familiarity.self)
    if ranked.explainedSignals > 0 { response.pointee.explanation = explain(ranked, context) }
    if left != .none { response.pointee.degradation = degrade(left, context) }
    (response.pointee.n_texts, response.pointee.texts) = textTable(ranked.texts)
    response.pointee.user_known = ranked.userIsKnown ? 1 : 0
    response.pointee.explored_position = UInt32(clamping: ranked.exploredPosition)
    response.pointee.duplicates_removed = UInt32(clamping: ranked.duplicatesRemoved)
    response.pointee.values_replaced = UInt32(clamping: ranked.valuesReplaced)
    response.pointee.model_version = context.modelVersionText
    response.pointee.policy_version = context.policyVersionText
    return response
  }

  func recommended(
    _ answer: RecommendAnswer, _ context: RankContext, _ left: Degradation
  ) -> UnsafeMutablePointer<Apus__V1__RecommendResponse> {
    let response = recommendResponse.reset()
    let ranked = answer.ranked
    response.pointee.request_id = ranked.requestID
    (response.pointee.n_tweet_ids, response.pointee.tweet_ids) = column(ranked.tweetIDs)
    (response.pointee.n_scores, response.pointee.scores) = column(ranked.scores)
    (response.pointee.n_propensities, response.pointee.propensities) = column(ranked.propensities)
    (response.pointee.n_texts, response.pointee.texts) = textTable(ranked.texts)
    (response.pointee.n_names, response.pointee.names) = nameTable(answer.names)
    if left != .none { response.pointee.degradation = degrade(left, context) }
    // protobuf-c only reads through the pointer.
    response.pointee.source = UnsafeMutableRawPointer(mutating: answer.source.utf8Start)
      .assumingMemoryBound(to: CChar.self)
    response.pointee.compute_reason = Apus__V1__ComputeReason(rawValue: .init(answer.computeReason.rawValue))
    response.pointee.explored_position = UInt32(clamping: ranked.exploredPosition)
    response.pointee.user_known = ranked.userIsKnown ? 1 : 0
    response.pointee.candidates = UInt32(clamping: answer.candidates)
    response.pointee.made_at = answer.madeAtSeconds
    response.pointee.model_version = context.modelVersionText
    response.pointee.policy_version = context.policyVersionText
    return response
  }

  private func explain(
    _ ranked: RankedTweets, _ context: RankContext
  ) -> UnsafeMutablePointer<Apus__V1__Explanation> {
    precondition(
      ranked.explainedSignals == context.signalNames.count,
      "\(ranked.explainedSignals) explained columns for \(context.signalNames.count) names")
    let response = explanation.reset()
    response.pointee.n_signals = context.signalNames.count
    response.pointee.signals = context.signalNameTexts
    (response.pointee.n_contributions, response.pointee.contributions) = column(ranked.contributions)
    (response.pointee.n_values, response.pointee.values) = column(ranked.values)
    return response
  }

  private func degrade(
    _ left: Degradation, _ context: RankContext
  ) -> UnsafeMutablePointer<Apus__V1__Degradation> {
    let response = degradation.reset()
    response.pointee.level = left.level
    names.removeAll()
    for signal in 0..<context.signalNames.count where left.skippedSignals >> UInt64(signal) & 1 == 1 {
      names.append(context.signalNameTexts[signal])
    }
    (response.pointee.n_skipped_signals, response.pointee.skipped_signals) = (names.count, names.base)
    return response
  }
}
