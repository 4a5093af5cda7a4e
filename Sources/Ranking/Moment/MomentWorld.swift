/// Everything that the signals of a moment read: tweets, what has happened, and what was learned of tastes.
package final class MomentWorld: @unchecked Sendable {
  package let facts: TweetFacts
  package let history: History
  package let tastes: TasteTables

  /// A world whose tables agree on the rows of accounts, tweets, hashtags and terms.
  package init(facts: TweetFacts, history: History, tastes: TasteTables) {
    self.facts = facts
    self.history = history
    self.tastes = tastes
  }
}
