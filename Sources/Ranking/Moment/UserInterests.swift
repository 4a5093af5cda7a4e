import Artifact

/// What a user of a model is interested in, most first: what the signals read of the user's past, with names for people.
package struct UserInterests: Sendable {
  /// Something and how much of the user's attention it has had.
  package struct Share: Sendable, Equatable {
    package let name: String
    /// Engagements, the older ones counting less: by half after a fortnight (hashtags), a month (authors).
    package let weight: Float
  }

  /// Hashtags of the tweets engaged with, lowercased, without the sign.
  package private(set) var hashtags: [Share] = []
  /// Authors of the tweets engaged with.
  package private(set) var authors: [Share] = []

  /// At most `limit` of each, as of the end of the model's training data; nothing for models without a history.
  /// - Complexity: O(p · log p) in what the user has met, p.
  package init(ofRow row: Int, model: Model, limit: Int) throws(ModelError) {
    guard let moment = model.moment else { return }
    let history = moment.world.history
    let names = try ColumnReader(model.tensors).strings(MomentSchema.hashtagName, count: history.tags.count)
    let tags = history.tagPairs[row].map { pair in
      let left = DecayedCount.left(
        of: pair.fortnight, after: moment.asOf &- pair.last, halfLife: DecayedCount.HalfLife.fortnight)
      return (number: pair.tag, weight: pair.last == 0 ? pair.count : left)
    }
    hashtags = Self.best(tags, limit).map { Share(name: names.string(Int($0.number)), weight: $0.weight) }
    let others = history.pairs[row].filter { $0.count > 0 }.map { pair in
      let left = DecayedCount.left(
        of: pair.month, after: moment.asOf &- pair.last, halfLife: DecayedCount.HalfLife.month)
      return (number: pair.other, weight: pair.last == 0 ? pair.count : left)
    }
    authors = Self.best(others, limit).map { Share(name: model.users.name(row: Int($0.number)), weight: $0.weight) }
  }

  /// Ties go to the smaller number.
  private static func best(
    _ shares: [(number: UInt32, weight: Float)], _ limit: Int
  ) -> ArraySlice<(number: UInt32, weight: Float)> {
    shares.sorted { $0.weight == $1.weight ? $0.number < $1.number : $0.weight > $1.weight }.prefix(limit)
  }
}
