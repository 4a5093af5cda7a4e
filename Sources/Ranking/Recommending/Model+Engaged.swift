extension Model {
  /// Lends the rows of the tweets that the log knows this user to have engaged with, or to have rejected, the latest last.
  ///
  /// Files from before they were kept know some of the latest: those that other signals needed. None for
  /// ``ModelSchema/noRow``.
  func withEngaged<Result>(by user: UInt32, _ body: (UnsafeBufferPointer<UInt32>) -> Result) -> Result {
    guard user != ModelSchema.noRow else { return body(.init(start: nil, count: 0)) }
    if let engaged { return body(engaged[user]) }
    if let moment { return moment.world.history.recent[Int(user)].tweets.withUnsafeBufferPointer(body) }
    guard let ratings = neighbours?.ratings else { return body(.init(start: nil, count: 0)) }
    return body(.init(rebasing: ratings.terms[ratings.entries(ofRow: Int(user))]))
  }
}
