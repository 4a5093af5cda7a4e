import Artifact

/// Ids of the keys that the user typed, so that answers show keys again.
struct KeyBook {
  private var keys: [UInt64: String] = [:]

  /// The id of a key, remembered.
  mutating func id(of key: String) -> UInt64 {
    let id = EntityID.of(key)
    keys[id] = key
    return id
  }

  /// The key of an id: as typed, else the decimal.
  func key(of id: UInt64) -> String { keys[id] ?? String(id) }
}
