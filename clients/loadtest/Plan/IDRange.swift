/// The ids from `first` to `last`, written `first-last`.
struct IDRange: Codable, Equatable, Sendable {
  let first: UInt64
  let last: UInt64

  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = UInt64(parts[0]), let last = UInt64(parts[1]), first <= last else { return nil }
    self.first = first
    self.last = last
  }
}
