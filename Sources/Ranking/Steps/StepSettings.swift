/// What a service asks of the steps that follow the signals, whatever the model; everything is off by default.
public struct StepSettings: Sendable, Equatable {
  /// Added to the log odds of tweets by authors that the user has nothing to do with; 0: off.
  public var outOfNetwork: Float = 0
  /// Taken from the log odds for each better tweet of the same author, at least 0; 0: off.
  public var authorPenalty: Float = 0
  /// What tweets and authors lose that the user has been shown already.
  public var fatigue = FatigueSettings()
  /// What an engagement of a type is worth, by the type's name. A type that is not named is worth 1, or 0 where the
  /// model learned it as a rejection. Empty: off.
  public var typeWeights: [String: Float] = [:]

  /// How the blend is corrected from feedback while serving; nil: off.
  public var learning: LearningRates?

  /// Values of larger magnitude are refused.
  public static let largestTerm: Float = 100
  /// Weights of larger magnitude are refused.
  public static let largestWeight: Float = 1_000

  /// Everything off.
  public init() {}
}

/// Why steps cannot be taken with a model.
public enum StepError: Error, Equatable, CustomStringConvertible {
  /// A value out of its range.
  case badValue(name: String, value: Float, expected: String)
  /// The model learned no such type.
  case unknownType(name: String, known: [String])
  /// The step needs what only models of the `ranker` recipe have.
  case needsMoment(name: String)

  /// One sentence with the offending value.
  public var description: String {
    switch self {
    case .badValue(let name, let value, let expected): "\(name) \(value) is not \(expected)"
    case .unknownType(let name, let known):
      known.isEmpty
        ? "there is no engagement type '\(name)': the model learned none, its log has one type or none"
        : "there is no engagement type '\(name)'; the model knows \(known.joined(separator: ", "))"
    case .needsMoment(let name): "\(name) needs a model that ranks as of the moment (recipe ranker)"
    }
  }
}
