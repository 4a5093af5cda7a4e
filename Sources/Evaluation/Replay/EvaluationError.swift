import Training

/// Why an evaluation could not be made.
package enum EvaluationError: Error, CustomStringConvertible {
  case training(TrainingError)
  case metric(MetricError)
  case signals(path: String, reason: String)
  /// A given model cannot be measured on these impressions.
  case model(path: String, reason: String)

  package var description: String {
    switch self {
    case .training(let error): "\(error)"
    case .metric(let error): "\(error)"
    case .signals(let path, let reason), .model(let path, let reason): "\(path): \(reason)"
    }
  }
}
