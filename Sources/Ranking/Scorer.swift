/// The pure part of a ranking in one call: candidates, signals, blend. Trainer and golden check use it; the server
/// calls the same verbs one by one, with the budget looked at between them.
public enum Scorer {
  /// Scores without the bandit's term, in the order of the query's distinct candidates; valid until the next use.
  public static func score(_ query: RankQuery, model: Model, scratch: RankScratch) -> UnsafeBufferPointer<Float> {
    Candidates.gather(query, model: model, scratch: scratch)
    Signals.compute(query, model: model, scratch: scratch)
    blend(model: model, scratch: scratch)
    return .init(start: scratch.scores, count: scratch.count)
  }

  /// Third verb of ranking: contributions and their sum.
  public static func blend(model: Model, scratch: RankScratch) {
    if let moment = model.moment { moment.blend.apply(to: scratch) } else { model.blend.apply(to: scratch) }
  }

  /// Raw values of one signal after ``score(_:model:scratch:)``.
  public static func values(of signal: Signal, in scratch: RankScratch) -> UnsafeBufferPointer<Float> {
    .init(start: scratch.values(signal.rawValue), count: scratch.count)
  }

  /// Scores as they are now, in the order of the query's distinct candidates; valid until the next use.
  public static func served(in scratch: RankScratch) -> UnsafeBufferPointer<Float> {
    .init(start: scratch.scores, count: scratch.count)
  }
}
