/// The rate of arrivals over time: pieces of constant or linearly changing rate, one after the other.
struct Profile: Codable, Sendable, Equatable {
  /// A rate in calls a second, or in multiples of the saturation, which is known only later.
  struct Rate: Codable, Sendable, Equatable {
    let value: Double
    let isMultiple: Bool
  }

  struct Piece: Codable, Sendable, Equatable {
    let seconds: Double
    let from: Rate
    let to: Rate

    /// Calls that arrive in it; both rates must be in calls a second.
    var calls: Double { seconds * (from.value + to.value) / 2 }
  }

  let pieces: [Piece]

  init(pieces: [Piece]) { self.pieces = pieces }

  /// A constant rate.
  init(rate: Rate, seconds: Double) { pieces = [Piece(seconds: seconds, from: rate, to: rate)] }

  var seconds: Double { pieces.reduce(0) { $0 + $1.seconds } }

  /// Calls of the whole profile, in the mean.
  var calls: Double { pieces.reduce(0) { $0 + $1.calls } }

  var hasMultiples: Bool { pieces.contains { $0.from.isMultiple || $0.to.isMultiple } }

  /// The same with multiples of the saturation as calls a second.
  func resolved(saturation: Double) -> Profile {
    func calls(_ rate: Rate) -> Rate {
      rate.isMultiple ? Rate(value: rate.value * saturation, isMultiple: false) : rate
    }
    return Profile(pieces: pieces.map { Piece(seconds: $0.seconds, from: calls($0.from), to: calls($0.to)) })
  }

  /// The same after `seconds` of its first rate.
  func warmedUp(seconds: Double) -> Profile {
    guard seconds > 0, let first = pieces.first else { return self }
    return Profile(pieces: [Piece(seconds: seconds, from: first.from, to: first.from)] + pieces)
  }

  /// When the expected number of arrivals reaches `count`, in seconds; nil: never.
  ///
  /// Arrivals at equal steps of `count` are the constant process; at the sums of exponential variates of mean 1 they are the
  /// Poisson process of this rate, by the time change of inhomogeneous Poisson processes (Çinlar 1975, theorem 7.4).
  func time(ofCount count: Double) -> Double? {
    var rest = count
    var start = 0.0
    for piece in pieces {
      if rest < piece.calls { return start + Self.time(of: rest, in: piece) }
      rest -= piece.calls
      start += piece.seconds
    }
    return nil
  }

  /// Solves from·t + (to − from)/(2·seconds)·t² = count for t, in a form that does not cancel.
  private static func time(of count: Double, in piece: Piece) -> Double {
    let rate = piece.from.value
    let slope = (piece.to.value - rate) / piece.seconds
    let root = (max(0, rate * rate + 2 * slope * count)).squareRoot()
    return rate + root > 0 ? min(piece.seconds, 2 * count / (rate + root)) : 0
  }
}
