import Artifact
import Kernels

/// The part of a model that ranks as of the moment of a request: the world at the end of training, the learned blend,
/// and names by which hashtags and mentions in new texts are found.
package final class MomentModel: @unchecked Sendable {
  package let world: MomentWorld
  package let blend: MomentBlend
  package let types: EngagementTypes
  package let calibration: ScoreCalibration
  /// Rows by the id of the key, lowercased: of hashtags, and of accounts by screen name.
  private let hashtags: [UInt64: UInt32]
  private let screenNames: [UInt64: UInt32]
  /// Unix seconds of the newest row of the training data: "now" where a query names no time.
  package let asOf: Int64

  /// Reads and checks everything of ``MomentSchema``; nil where the file has nothing of it.
  init?(
    from reader: ColumnReader, tensors: TensorSet, users: UserTable, tweets: TweetTable, terms: Int
  ) throws(ModelError) {
    guard let names = tensors.metadata[MomentSchema.signals] else { return nil }
    let tagOffsets = try reader.column("\(MomentSchema.hashtagName).offsets", of: UInt64.self, shape: [nil])
    let tagCount = max(0, tagOffsets.count - 1)
    let tagNames = try reader.strings(MomentSchema.hashtagName, count: tagCount)
    let accountNames = try reader.strings(MomentSchema.screenName, count: users.count)
    let facts = TweetFacts(
      owner: tensors, authors: tweets.authors, times: tweets.createdAt,
      parents: try reader.rowNumbers(MomentSchema.tweetParent, count: tweets.count, rows: tweets.count),
      terms: .init(offsets: tweets.vectors.offsets, values: tweets.vectors.terms), weights: tweets.vectors.weights,
      tags: try reader.lists(MomentSchema.tweetHashtags, rows: tweets.count, below: tagCount),
      mentions: try reader.lists(MomentSchema.tweetMentions, rows: tweets.count, below: users.count),
      embeddings: try TweetEmbeddings(from: reader, tensors: tensors, tweets: tweets.count))
    world = MomentWorld(
      facts: facts,
      history: try History(from: reader, facts: facts, people: users.count, tags: tagCount, terms: terms),
      tastes: try TasteTables(from: reader, people: users.count, tags: tagCount))
    blend = try MomentBlend(from: reader, names: names)
    if blend.signals.contains(.embedding), facts.embeddings == nil {
      throw .artifact(.missingTensor(name: MomentSchema.tweetEmbedding))
    }
    calibration = try ScoreCalibration(from: reader, tensors: tensors)
    types = try EngagementTypes(from: reader, tensors: tensors, signals: blend.signals.count)
    hashtags = Self.index(tagNames, count: tagCount)
    screenNames = Self.index(accountNames, count: users.count)
    asOf = tensors.metadata[ModelSchema.Metadata.asOf].flatMap { Int64($0) } ?? 0
  }

  /// The row of a hashtag, nil for one that the model has not met. `key` is lowercased, without the sign.
  package func hashtag(_ key: UnsafeRawBufferPointer) -> UInt32? { hashtags[EntityID.of(utf8: key)] }

  /// The row of the account with a screen name, lowercased.
  func account(_ name: UnsafeRawBufferPointer) -> UInt32? { screenNames[EntityID.of(utf8: name)] }

  /// Of two keys with one id the first counts.
  private static func index(_ names: StringColumn, count: Int) -> [UInt64: UInt32] {
    var index: [UInt64: UInt32] = [:]
    for piece in LongWork.pieces(of: count, rows: LongWork.heavyRows) {
      for row in piece where !names[row].isEmpty {
        let id = EntityID.of(utf8: names[row])
        if index[id] == nil { index[id] = UInt32(truncatingIfNeeded: row) }
      }
    }
    return index
  }
}
