import Ranking

/// A model with its steps and its policy, as a server would rank with them at the time of each list.
///
/// It knows of a call what the log keeps: the user, the time and the candidates' ids, not the texts, authors and scores
/// that the caller may have sent with them.
package final class ModelTarget: ListTarget {
  /// Fills in what feedback had told until now of the candidates that a scratch holds, and of a user: arms and live
  /// facts; and returns what a contextual policy had learned.
  package typealias Feedback = (_ scratch: RankScratch, _ userID: UInt64) -> ContextualScoring?

  private let model: Model
  private let policy: BanditPolicy
  private let steps: RankSteps
  private let feedback: Feedback
  private let time: Int64?
  private var scratch: RankScratch
  private var placements = Placements()
  private var scores: [Float] = []

  /// - Parameters:
  ///   - time: Unix seconds that count as now for every list, 0: the model's own; nil: each list's.
  ///   - feedback: asked once for each list, when it is looked at.
  package init(
    model: Model, policy: BanditPolicy, steps: RankSteps, time: Int64? = nil, feedback: @escaping Feedback
  ) {
    self.model = model
    self.policy = policy
    self.steps = steps
    self.time = time
    self.feedback = feedback
    scratch = RankScratch(model: model, capacity: 512, seed: 0)
  }

  package func look(at list: ShownList) {
    if list.candidates.count > scratch.capacity {
      scratch = RankScratch(model: model, capacity: 2 * list.candidates.count, seed: 0)
    }
    list.candidates.withUnsafeBufferPointer { ids in
      var query = RankQuery(userID: list.userID, tweetIDs: ids, limit: list.items.count)
      query.time = time ?? list.time
      // The verbs of a server's answer, up to the draw.
      Candidates.gather(query, model: model, scratch: scratch)
      let learned = feedback(scratch, list.userID)
      Signals.compute(query, model: model, scratch: scratch)
      Scorer.blend(model: model, scratch: scratch)
      steps.adjust(scratch, query: query, model: model)
      policy.adjust(scratch, learned: learned)
      placements.order(
        query, model: model, policy: policy, steps: steps, shown: list.items.count, scratch: scratch)
      scores = Array(Scorer.served(in: scratch))
    }
  }

  package func probability(of index: Int, at position: Int) -> Float {
    placements.probability(of: index, at: position)
  }

  package func mean(of values: [Double], at position: Int) -> Double { placements.mean(of: values, at: position) }

  package func score(of index: Int) -> Float? { scores.indices.contains(index) ? scores[index] : nil }

  /// Of linucb: the log of another policy lacks what it looks at.
  package func features(of indices: [Int]) -> [Int16]? {
    policy.contextual == nil ? nil : policy.loggedFeatures(scratch, of: indices.map { UInt32($0) })
  }
}
