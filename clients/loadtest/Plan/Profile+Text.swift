/// Profiles as the command line writes them: `10s@1000,10s@3000,20s@1000..9000`.
extension Profile {
  /// Calls a second that one run may offer.
  static let rates = 0.0...10_000_000
  /// Seconds of a profile.
  static let lengths = 0.001...86_400

  init(_ text: String) throws(LoadError) {
    var pieces: [Piece] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: " ")
      let halves = (words.last ?? "").split(separator: "@", omittingEmptySubsequences: false)
      let isNamed = words.count == 1 || (words.count == 2 && ["step", "ramp"].contains(words[0]))
      guard isNamed, halves.count == 2, let seconds = Self.seconds(halves[0]) else {
        throw .option("'\(part)' in '\(text)' is not DURATION@RATE or DURATION@RATE..RATE, such as 10s@1000")
      }
      let rates = try Self.ends(halves[1], in: text)
      pieces.append(Piece(seconds: seconds, from: rates.from, to: rates.to))
    }
    self.init(pieces: pieces)
    guard Self.lengths.contains(self.seconds) else { throw .option("'\(text)' is not between 1 ms and a day long") }
  }

  /// `1000`, `3x`, or two of them with `..` between.
  private static func ends(_ text: Substring, in profile: String) throws(LoadError) -> (from: Rate, to: Rate) {
    if let from = rate(text) { return (from, from) }
    // Of `1.5..3` only one of the two places splits it into two numbers.
    for place in text.indices where text[place...].hasPrefix("..") {
      let rest = text.index(place, offsetBy: 2)
      if let from = rate(text[..<place]), let to = rate(text[rest...]) { return (from, to) }
    }
    throw .option("'\(text)' in '\(profile)' is not a rate such as 1000 or 3x, nor two with '..' between them")
  }

  static func rate(_ text: some StringProtocol) -> Rate? {
    let isMultiple = text.hasSuffix("x")
    let digits = isMultiple ? text.dropLast() : text[...]
    guard digits.first?.isNumber == true, digits.last?.isNumber == true, let value = Double(String(digits)) else {
      return nil
    }
    return rates.contains(value) ? Rate(value: value, isMultiple: isMultiple) : nil
  }

  /// `10s`, `500ms`, `2m`.
  static func seconds(_ text: some StringProtocol) -> Double? {
    for (unit, length) in [("ms", 0.001), ("s", 1.0), ("m", 60.0)] where text.hasSuffix(unit) {
      let digits = text.dropLast(unit.count)
      guard digits.first?.isNumber == true, let value = Double(String(digits)) else { return nil }
      return value > 0 && value.isFinite ? value * length : nil
    }
    return nil
  }
}
