/// What a text is cut into before terms are made of it.
public enum TermTokens: String, Sendable, CaseIterable {
  /// Words alone, as scikit-learn does by default; see ``Tokenizer``.
  case words
  /// Hashtags, cashtags and mentions whole, with their sign; of a URL its host; and the words between them. See
  /// ``TweetTokens``.
  case tweet
}
