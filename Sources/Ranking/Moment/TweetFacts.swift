import Artifact
import Kernels

/// What is known of tweets from the moment they are written, as columns over tweet rows.
///
/// Rows of tweets, accounts and hashtags in the columns must lie in their tables: who makes it has checked that.
package final class TweetFacts: @unchecked Sendable {
  /// Lists of row numbers or terms, one a tweet: list r is `values[offsets[r]..<offsets[r + 1]]`.
  package struct Lists {
    package let offsets: UnsafeBufferPointer<UInt64>
    package let values: UnsafeBufferPointer<UInt32>

    package init(offsets: UnsafeBufferPointer<UInt64>, values: UnsafeBufferPointer<UInt32>) {
      self.offsets = offsets
      self.values = values
    }

    package subscript(row: UInt32) -> UnsafeBufferPointer<UInt32> {
      let range = Int(truncatingIfNeeded: offsets[Int(row)])..<Int(truncatingIfNeeded: offsets[Int(row) + 1])
      return UnsafeBufferPointer(rebasing: values[range])
    }
  }

  /// Row of the author, ``ModelSchema/noRow`` where unknown.
  package let authors: UnsafeBufferPointer<UInt32>
  /// Unix seconds, 0 where unknown.
  package let times: UnsafeBufferPointer<Int64>
  /// Row of the tweet that it answers or quotes, ``ModelSchema/noRow`` where there is none.
  package let parents: UnsafeBufferPointer<UInt32>
  /// Terms and weights of the TF-IDF vectors, of length 1.
  package let terms: Lists
  package let weights: UnsafeBufferPointer<Float>
  /// Rows of hashtags.
  package let tags: Lists
  /// Rows of mentioned accounts.
  package let mentions: Lists
  /// Dense embeddings; nil where none were given.
  package let embeddings: TweetEmbeddings?
  /// Keeps the memory alive.
  private let owner: AnyObject

  /// Views into memory that `owner` keeps.
  package init(
    owner: AnyObject, authors: UnsafeBufferPointer<UInt32>, times: UnsafeBufferPointer<Int64>,
    parents: UnsafeBufferPointer<UInt32>, terms: Lists, weights: UnsafeBufferPointer<Float>, tags: Lists,
    mentions: Lists, embeddings: TweetEmbeddings? = nil
  ) {
    precondition(
      times.count == authors.count && parents.count == authors.count && terms.offsets.count == authors.count + 1
        && tags.offsets.count == authors.count + 1 && mentions.offsets.count == authors.count + 1
        && weights.count == terms.values.count, "columns of different length")
    self.owner = owner
    self.authors = authors
    self.times = times
    self.parents = parents
    self.terms = terms
    self.weights = weights
    self.tags = tags
    self.mentions = mentions
    self.embeddings = embeddings
  }

  /// Number of tweets.
  package var count: Int { authors.count }

  /// What ``MomentSignals`` reads of a tweet; nothing of one without a row.
  package func candidate(_ tweet: UInt32) -> CandidateFacts {
    if tweet == ModelSchema.noRow { return .unknown }
    let terms = self.terms[tweet]
    let start = Int(truncatingIfNeeded: self.terms.offsets[Int(tweet)])
    let parent = parents[Int(tweet)]
    return CandidateFacts(
      tweet: tweet, author: authors[Int(tweet)], time: times[Int(tweet)], parent: parent,
      parentAuthor: parent == ModelSchema.noRow ? ModelSchema.noRow : authors[Int(parent)], terms: terms,
      weights: UnsafeBufferPointer(rebasing: weights[start..<start + terms.count]), tags: tags[tweet],
      mentions: mentions[tweet])
  }
}

/// One candidate as ``MomentSignals`` sees it; views into memory that outlives the call.
package struct CandidateFacts: @unchecked Sendable {
  /// Row of the tweet, ``ModelSchema/noRow`` for one that the tables lack.
  package var tweet: UInt32
  package var author: UInt32
  package var time: Int64
  package var parent: UInt32
  package var parentAuthor: UInt32
  package var terms: UnsafeBufferPointer<UInt32>
  package var weights: UnsafeBufferPointer<Float>
  package var tags: UnsafeBufferPointer<UInt32>
  package var mentions: UnsafeBufferPointer<UInt32>

  /// A tweet of which nothing is known.
  package static let unknown = CandidateFacts(
    tweet: ModelSchema.noRow, author: ModelSchema.noRow, time: 0, parent: ModelSchema.noRow,
    parentAuthor: ModelSchema.noRow, terms: .init(start: nil, count: 0), weights: .init(start: nil, count: 0),
    tags: .init(start: nil, count: 0), mentions: .init(start: nil, count: 0))
}
