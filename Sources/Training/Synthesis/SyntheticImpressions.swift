import Kernels

/// Writes `impressions.csv`: moments at which a user saw a list of tweets and engaged with one of them.
final class SyntheticImpressions {
  /// Candidates of an impression, if the world has as many.
  private static let candidateCount = 30

  private let people: SyntheticPeople
  private let tweets: SyntheticTweets
  private let file: CSVWriter

  init(folder: String, people: SyntheticPeople, tweets: SyntheticTweets) throws(TrainingError) {
    self.people = people
    self.tweets = tweets
    file = try CSVWriter(
      path: folder + "/impressions.csv", header: ["impression_id", "user_id", "timestamp", "candidates"])
  }

  /// Impressions so far.
  var count: Int { file.rowCount - 1 }

  /// Writes the impression that led to an event: the event's tweet with label 1, in a random place among tweets that
  /// existed already and that the user never engages with. Half of these are recent ones, the others popular ones of
  /// topics that the user likes, so that neither freshness nor interest alone gives the answer away.
  func write(
    _ event: SyntheticEngagements.Event, user: Int, engaged: Set<UInt32>, _ random: inout SeededGenerator
  ) throws(TrainingError) {
    let person = people.person(user)
    var candidates = [event.tweet]
    for attempt in 0..<(3 * Self.candidateCount) where candidates.count < Self.candidateCount {
      let other =
        attempt % 2 == 0
        ? tweets.drawRecent(before: event.seconds, &random)
        : tweets.draw(topic: person.drawInterest(&random), &random)
      guard let other, !engaged.contains(other), !candidates.contains(other) else { continue }
      if tweets.createdSeconds(Int(other)) < event.seconds { candidates.append(other) }
    }
    if candidates.count < 2 { return }
    candidates.swapAt(0, random.below(candidates.count))
    file.field("impression_\(count + 1)")
    file.field(SyntheticPeople.key(user))
    file.field(event.seconds)
    file.field(
      candidates.map { "\(tweets.id(of: Int($0)))-\($0 == event.tweet ? 1 : 0)" }.joined(separator: " "))
    try file.endRow()
  }

  func finish() throws(TrainingError) {
    try file.finish()
  }
}
