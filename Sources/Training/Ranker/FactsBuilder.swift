import Artifact
import Kernels
import Ranking
import Text

/// Makes ``TweetFacts`` of the tweets in memory: hashtags and mentions are read from their texts, as a server reads
/// those of a tweet that it does not know.
struct FactsBuilder {
  /// Hashtags by key: lowercased UTF-8 without the sign.
  private(set) var tags: [[UInt8]] = []
  private var tagLists: (offsets: [UInt64], rows: [UInt32]) = ([0], [])
  private var mentionLists: (offsets: [UInt64], rows: [UInt32]) = ([0], [])
  private let data: TrainingData
  private let vectors: SparseRows<Float>

  init(data: TrainingData, vectors: SparseRows<Float>) {
    self.data = data
    self.vectors = vectors
  }

  /// Hashtags get rows in order of their bytes, whatever the order of the tweets.
  mutating func build() -> TweetFacts {
    var tagKeys: [[[UInt8]]] = []
    var mentionOffsets: [UInt64] = [0]
    var mentionRows: [UInt32] = []
    for tweet in 0..<data.tweets.count {
      data.texts.withText(tweet) { text in
        var own: [[UInt8]] = []
        TweetEntities.forEach(in: text) { kind, name in
          switch kind {
          case .hashtag:
            if !own.contains(where: { $0.elementsEqual(name) }) { own.append(Array(name)) }
          case .mention:
            if let row = data.screenNames[String(decoding: name, as: UTF8.self)] { mentionRows.append(row) }
          case .cashtag, .url: break
          }
        }
        tagKeys.append(own)
        mentionOffsets.append(UInt64(mentionRows.count))
      }
    }
    tags = Set(tagKeys.joined()).sorted { $0.lexicographicallyPrecedes($1) }
    var rows: [[UInt8]: UInt32] = [:]
    for (row, tag) in tags.enumerated() { rows[tag] = UInt32(row) }
    var tagOffsets: [UInt64] = [0]
    var tagRows: [UInt32] = []
    for own in tagKeys {
      for tag in own { if let row = rows[tag] { tagRows.append(row) } }
      tagOffsets.append(UInt64(tagRows.count))
    }
    tagLists = (tagOffsets, tagRows)
    mentionLists = (mentionOffsets, mentionRows)
    return facts()
  }

  /// Writes what a server needs to read hashtags and mentions of new tweets, and to know those of the old.
  func addNames(to tensors: TensorSet) {
    var names = StringColumnBuilder()
    for tag in tags { names.append(tag) }
    tensors.addStrings(MomentSchema.hashtagName, names)
    var byRow = [String](repeating: "", count: data.users.count)
    for (name, row) in data.screenNames { byRow[Int(row)] = max(byRow[Int(row)], name) }
    var screenNames = StringColumnBuilder()
    for name in byRow { screenNames.append(name) }
    tensors.addStrings(MomentSchema.screenName, screenNames)
    tensors.add(MomentSchema.tweetParent, shape: [data.tweets.count], data.tweetParents)
    if let embeddings = data.embeddings {
      tensors.add(MomentSchema.tweetEmbedding, shape: [data.tweets.count, embeddings.width], embeddings.steps)
    }
    for (name, lists) in [(MomentSchema.tweetHashtags, tagLists), (MomentSchema.tweetMentions, mentionLists)] {
      tensors.addLists(name, offsets: lists.offsets, rows: lists.rows)
    }
  }

  private func facts() -> TweetFacts {
    let memory = FactsMemory()
    return TweetFacts(
      owner: memory, authors: memory.keep(data.tweetAuthors), times: memory.keep(data.tweetTimes),
      parents: memory.keep(data.tweetParents),
      terms: .init(offsets: memory.keep(vectors.offsets), values: memory.keep(vectors.columns)),
      weights: memory.keep(vectors.values),
      tags: .init(offsets: memory.keep(tagLists.offsets), values: memory.keep(tagLists.rows)),
      mentions: .init(offsets: memory.keep(mentionLists.offsets), values: memory.keep(mentionLists.rows)),
      embeddings: data.embeddings.map { TweetEmbeddings(width: $0.width, steps: memory.keep($0.steps)) })
  }
}

/// Copies of columns that stay where they are.
private final class FactsMemory {
  private var blocks: [UnsafeMutableRawPointer] = []

  func keep<T>(_ column: [T]) -> UnsafeBufferPointer<T> {
    let copy = UnsafeMutableBufferPointer<T>.allocate(capacity: max(1, column.count))
    _ = copy.initialize(from: column)
    if let base = copy.baseAddress { blocks.append(UnsafeMutableRawPointer(base)) }
    return UnsafeBufferPointer(rebasing: copy[..<column.count])
  }

  deinit { for block in blocks { block.deallocate() } }
}
