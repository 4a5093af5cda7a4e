/// One case's outcome, printed as one line of JSON.
struct Measurement: Encodable {
  /// Time of one piece of work, in seconds.
  let seconds: Double
  /// What the result is worth, by name.
  let quality: [String: Double]
}
