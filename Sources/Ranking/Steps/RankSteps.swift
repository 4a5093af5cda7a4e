/// The steps of one server with one model: ``StepSettings``, checked and bound to the model's engagement types.
public struct RankSteps: Sendable, Equatable {
  /// Steps that have a column, in order; the bandit always has, and the calibration of a model that has one.
  public let active: [RankStep]
  let outOfNetwork: Float
  let authorPenalty: Float
  let fatigue: FatigueSettings
  /// One per engagement type of the model; empty: off.
  let typeWeights: [Float]
  private let typeNames: [String]
  private let learning: LearningRates?

  /// The bandit alone.
  public init() {
    active = [.bandit]
    (outOfNetwork, authorPenalty, fatigue) = (0, 0, FatigueSettings())
    (typeWeights, typeNames) = ([], [])
    learning = nil
  }

  /// - Throws: ``StepError`` for a value out of range, a type that the model does not know, a model that cannot.
  public init(_ settings: StepSettings, model: Model) throws(StepError) {
    let term = StepSettings.largestTerm
    try Self.check("out-of-network", settings.outOfNetwork, within: -term...term)
    try Self.check("author-penalty", settings.authorPenalty, within: 0...term)
    try Self.check("fatigue", settings.fatigue.tweet, within: 0...term)
    try Self.check("author-fatigue", settings.fatigue.author, within: 0...term)
    try Self.check("fatigue-half-life", Float(settings.fatigue.halfLifeSeconds), within: 1...Self.longestHalfLife)
    if settings.outOfNetwork != 0, model.moment == nil { throw .needsMoment(name: "out-of-network") }
    if let rates = settings.learning {
      try rates.check()
      if model.moment == nil { throw .needsMoment(name: "learn") }
    }
    learning = settings.learning
    outOfNetwork = settings.outOfNetwork
    authorPenalty = settings.authorPenalty
    fatigue = settings.fatigue
    let types = model.moment?.types ?? .none
    for (name, weight) in settings.typeWeights.sorted(by: { $0.key < $1.key }) {
      let largest = StepSettings.largestWeight
      try Self.check("the weight of type '\(name)'", weight, within: -largest...largest)
      if !types.names.contains(name) { throw .unknownType(name: name, known: types.names) }
    }
    let weights = types.names.indices.map { settings.typeWeights[types.names[$0]] ?? types.defaultWeights[$0] }
    // All as learned: the term would be 0 for every tweet.
    typeWeights = weights == types.defaultWeights ? [] : weights
    typeNames = types.names
    var active: [RankStep] = []
    if let moment = model.moment, !moment.calibration.scores.isEmpty { active.append(.calibration) }
    if learning != nil { active.append(.online) }
    if !typeWeights.isEmpty { active.append(.engagementValue) }
    if outOfNetwork != 0 { active.append(.outOfNetwork) }
    if fatigue.isOn { active.append(.fatigue) }
    active.append(.bandit)
    if authorPenalty != 0 { active.append(.authorDiversity) }
    self.active = active
  }

  /// Whether a step looks at what the user did last.
  public var looksAtUser: Bool { fatigue.isOn }

  /// A month, in seconds.
  private static let longestHalfLife: Float = 2_592_000

  private static func check(_ name: String, _ value: Float, within range: ClosedRange<Float>) throws(StepError) {
    guard range.contains(value) else {
      throw .badValue(name: name, value: value, expected: "in \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// What a reply says of the steps beside the bandit's policy; empty where there are none.
  public var version: String {
    var parts: [String] = []
    if let learning { parts.append(learning.version) }
    if !typeWeights.isEmpty {
      parts.append("weights=" + zip(typeNames, typeWeights).map { "\($0):\($1)" }.joined(separator: "+"))
    }
    if outOfNetwork != 0 { parts.append("out-of-network=\(outOfNetwork)") }
    if fatigue.isOn {
      parts.append("fatigue=\(fatigue.tweet):\(fatigue.author):\(fatigue.halfLifeSeconds)")
    }
    if authorPenalty != 0 { parts.append("author-penalty=\(authorPenalty)") }
    return parts.joined(separator: ",")
  }

  /// The steps that look at one candidate at a time, except the bandit's: after the blend, before the bandit.
  /// O(candidates · signals · types) with type weights, O(candidates · signals) with learning, else O(candidates).
  ///
  /// - Parameter correction: what was learned so far, of as many signals as the model blends; nil without learning.
  public func adjust(
    _ scratch: RankScratch, query: RankQuery, model: Model, correction: OnlineCorrection? = nil
  ) {
    if let moment = model.moment { adjust(scratch, model: model, moment: moment, correction: correction) }
    if fatigue.isOn {
      let time = query.time == 0 ? model.moment?.asOf ?? 0 : query.time
      scratch.fatigue.adjust(scratch, query: query, model: model, time: time, settings: fatigue)
    }
  }

  private func adjust(_ scratch: RankScratch, model: Model, moment: MomentModel, correction: OnlineCorrection?) {
    if active.first == .calibration { moment.calibration.adjust(scratch) }
    if learning != nil, let correction { correction.adjust(scratch, blend: moment.blend) }
    if !typeWeights.isEmpty { moment.types.adjust(scratch, blend: moment.blend, weights: typeWeights) }
    if outOfNetwork != 0 { OutOfNetwork.adjust(scratch, term: outOfNetwork) }
  }
}
