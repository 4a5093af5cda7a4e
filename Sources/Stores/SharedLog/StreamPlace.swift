/// Up to where a stream was read, and in which life of it: `generation/milliseconds-number`.
struct StreamPlace: Equatable {
  /// The id of a stream's entry.
  struct ID: Comparable {
    var millis: UInt64
    var number: UInt64

    /// Before every entry.
    static let start = ID(millis: 0, number: 0)

    init(millis: UInt64, number: UInt64) { (self.millis, self.number) = (millis, number) }

    /// nil: the text is none.
    init?(_ text: some StringProtocol) {
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, let millis = UInt64(parts[0]), let number = UInt64(parts[1]) else { return nil }
      self.init(millis: millis, number: number)
    }

    var text: String { "\(millis)-\(number)" }

    static func < (a: ID, b: ID) -> Bool { (a.millis, a.number) < (b.millis, b.number) }
  }

  var generation: String
  var id: ID

  /// The beginning of a generation.
  init(startOf generation: String) { (self.generation, id) = (generation, .start) }

  /// Any text; what is no place is the beginning of no generation.
  init(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let id = parts.count == 2 ? ID(parts[1]) : nil
    generation = id == nil ? "" : String(parts[0])
    self.id = id ?? .start
  }

  var text: String { "\(generation)/\(id.text)" }
}
