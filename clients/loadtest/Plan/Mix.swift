/// Values and how often each is drawn, written `value:weight,value:weight`; a weight that is not written is 1.
struct Mix<Value: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
  struct Part: Codable, Sendable, Equatable {
    let value: Value
    /// Over the sum of all weights this is the value's probability.
    let weight: Double
  }

  let parts: [Part]

  /// Always the same value.
  init(_ value: Value) { parts = [Part(value: value, weight: 1)] }

  /// - Parameter read: one value from its text.
  init(_ text: String, read: (Substring) -> Value?) throws(LoadError) {
    var parts: [Part] = []
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = piece.split(separator: ":", omittingEmptySubsequences: false)
      let weight = halves.count == 2 ? Double(halves[1]) : halves.count == 1 ? 1 : nil
      guard let weight, weight >= 0, weight.isFinite, let value = halves.first.flatMap(read) else {
        throw .option("'\(piece)' in '\(text)' is not VALUE or VALUE:WEIGHT, or the value is out of range")
      }
      parts.append(Part(value: value, weight: weight))
    }
    guard parts.contains(where: { $0.weight > 0 }) else { throw .option("'\(text)' has no weight above 0") }
    self.parts = parts
  }

  /// One value; no randomness is used where there is only one.
  func draw(using generator: inout SplitMix) -> Value {
    guard parts.count > 1 else { return parts[0].value }
    var rest = Double.random(in: 0..<parts.reduce(0) { $0 + $1.weight }, using: &generator)
    for part in parts {
      rest -= part.weight
      if rest < 0 { return part.value }
    }
    // Rounding may leave a crumb: it is the last value's that can come at all.
    return (parts.last { $0.weight > 0 } ?? parts[0]).value
  }

  /// The mean of `measure`, by weight.
  func mean(_ measure: (Value) -> Double) -> Double {
    parts.reduce(0) { $0 + $1.weight * measure($1.value) } / parts.reduce(0) { $0 + $1.weight }
  }

  /// The mix as it is written.
  func text(_ name: (Value) -> String) -> String {
    parts.count == 1
      ? name(parts[0].value) : parts.map { "\(name($0.value)):\(number($0.weight))" }.joined(separator: ",")
  }

  private func number(_ weight: Double) -> String {
    weight == weight.rounded() && abs(weight) < 1e9 ? String(Int(weight)) : String(weight)
  }
}
