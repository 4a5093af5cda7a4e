/// A number of documents, absolute or as a share of all; scikit-learn's `min_df` and `max_df`.
public enum DocumentFrequency: Sendable, Equatable, CustomStringConvertible {
  /// So many documents, at least 1.
  case count(Int)
  /// This share of the documents, 0…1. The product is not rounded.
  case fraction(Double)

  /// The bound for a collection of so many documents.
  func documents(of all: Int) -> Double {
    switch self {
    case .count(let count): Double(count)
    case .fraction(let fraction): fraction * Double(all)
    }
  }

  var isValid: Bool {
    switch self {
    case .count(let count): count >= 1
    case .fraction(let fraction): fraction >= 0 && fraction <= 1
    }
  }

  /// `3` for a count, `0.5` or `1.0` for a fraction: what ``init(_:)`` reads.
  public var description: String {
    switch self {
    case .count(let count): "\(count)"
    case .fraction(let fraction): "\(fraction)"
    }
  }

  /// Reads a count, or a fraction, which is told by its point or exponent. Nil for anything else; ranges are not
  /// checked.
  public init?(_ text: some StringProtocol) {
    if let count = Int(text) {
      self = .count(count)
    } else if let fraction = Double(text), fraction.isFinite {
      self = .fraction(fraction)
    } else {
      return nil
    }
  }
}
