/// A hashtag, a cashtag, a mention or a URL in a text.
package struct TweetEntity: Sendable, Equatable {
  /// What it is.
  package enum Kind: Sendable, CaseIterable { case hashtag, cashtag, mention, url }

  package let kind: Kind
  /// All its bytes: with the sign of a tag or mention, the list behind a mention, the scheme and path of a URL.
  package let range: Range<Int>
  /// The bytes of its name: the tag or account without its sign, the host of a URL.
  package let name: Range<Int>
}
