/// What the people of a ``SyntheticWorld`` talk about: a subject with its own words.
struct SyntheticTopic: Sendable {
  /// One word, as it stands in the columns `topic` and `interests`.
  var name: String
  /// How people call the subject in a sentence.
  var subject: String
  /// Noun phrases, each with its article.
  var things: [String]
  /// Noun phrases in the plural, without an article.
  var groups: [String]
  /// Phrases that begin with a verb ending in -ing.
  var doings: [String]
  var adjectives: [String]
  /// Without the `#`.
  var hashtags: [String]
}
