import Artifact
import Ranking

/// Keys of ids, as a model's training data had them. Where there is no model, or it does not know the id, that is the
/// decimal: it is a key of the same id.
struct ModelKeys {
  private let model: Model?

  init(_ model: Model?) { self.model = model }

  func user(_ id: UInt64) -> String {
    guard let model else { return String(id) }
    let row = model.users.row(of: id)
    return row == ModelSchema.noRow ? String(id) : Self.checked(model.users.name(row: Int(row)), id)
  }

  func tweet(_ id: UInt64) -> String {
    guard let model else { return String(id) }
    let row = model.tweets.row(of: id)
    return row == ModelSchema.noRow ? String(id) : Self.checked(model.tweets.names.string(Int(row)), id)
  }

  /// The key, unless it stands for something else: some keys are not UTF-8, and numbers have none of their own. A list of
  /// candidates cannot hold one with a space.
  private static func checked(_ key: String, _ id: UInt64) -> String {
    EntityID.of(key) == id && !key.utf8.contains(UInt8(ascii: " ")) ? key : String(id)
  }
}
