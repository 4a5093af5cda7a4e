import Kernels

/// What the people of a ``SyntheticWorld`` do with the tweets: the log, and impressions to predict the end of it.
struct SyntheticEngagements {
  struct Event {
    var tweet: UInt32
    var seconds: Int64
    var kind: Int
  }

  /// What people do, how often, and what it counts. The scores are those of the engagement log's format.
  private static let kinds: [(name: String, score: String, share: Double)] = [
    ("like", "0.4", 0.62), ("retweet", "0.6", 0.2), ("reply", "1.0", 0.13), ("quote", "0.8", 0.05),
  ]
  /// A tweet gets two thirds of its engagements in its first eleven hours.
  private static let meanAgeSeconds = 36_000.0

  let options: SyntheticWorld.Options
  let people: SyntheticPeople
  let tweets: SyntheticTweets
  let streams: SyntheticStreams

  func write(to folder: String, progress: TrainingProgress) throws(TrainingError) {
    let log = try CSVWriter(
      path: folder + "/user_engagements.csv",
      header: ["user_id", "tweet_id", "engagement_score", "engagement_type", "timestamp"])
    let impressions = try SyntheticImpressions(folder: folder, people: people, tweets: tweets)
    var seen = Set<UInt32>()
    for user in 0..<people.count {
      if user % 1_000 == 0 { progress.update(stage: "engagements", completed: user, total: people.count) }
      let events = events(of: user, seen: &seen)
      let key = SyntheticPeople.key(user)
      for event in events where event.seconds < options.heldOutFromSeconds {
        let kind = Self.kinds[event.kind]
        log.field(key)
        log.field(tweets.id(of: Int(event.tweet)))
        log.field(kind.score)
        log.field(kind.name)
        log.field(event.seconds)
        try log.endRow()
      }
      var random = streams.generator(.impression, user)
      for event in events where event.seconds >= options.heldOutFromSeconds {
        try impressions.write(event, user: user, engaged: seen, &random)
      }
    }
    try log.finish()
    try impressions.finish()
    progress.finish(
      stage: "engagements", detail: "\(log.rowCount - 1) engagements, \(impressions.count) impressions to predict")
  }

  /// What a user does, in order of time, at most one thing with a tweet. `seen` becomes the set of these tweets.
  private func events(of user: Int, seen: inout Set<UInt32>) -> [Event] {
    var random = streams.generator(.activity, user)
    let person = people.person(user)
    let followed = people.followed(by: user)
    let mean = Double(options.engagementsPerUser) / SyntheticPerson.meanActivity
    let wanted = min(Int(mean * person.activity + random.uniform()), tweets.count)
    var events: [Event] = []
    seen.removeAll(keepingCapacity: true)
    // Not every attempt succeeds: popular tweets come up again, and some would be engaged with after the end.
    for _ in 0..<(2 * wanted) where events.count < wanted {
      guard let tweet = draw(person, followed, &random), tweets.authors[Int(tweet)] != UInt32(user) else { continue }
      let age = 1 + Int64(random.exponential(mean: Self.meanAgeSeconds))
      let seconds = tweets.createdSeconds(Int(tweet)) + age
      guard seconds < options.endSeconds, seen.insert(tweet).inserted else { continue }
      events.append(Event(tweet: tweet, seconds: seconds, kind: drawKind(&random)))
    }
    return events.sorted { ($0.seconds, $0.tweet) < ($1.seconds, $1.tweet) }
  }

  /// A tweet that a person comes across: from somebody followed, on a subject of interest, or any other.
  private func draw(_ person: SyntheticPerson, _ followed: [UInt32], _ random: inout SeededGenerator) -> UInt32? {
    if !followed.isEmpty, random.uniform() < 0.25 {
      let written = tweets.byAuthor[Int(followed[random.below(followed.count)])]
      return written.isEmpty ? nil : written[written.startIndex + random.below(written.count)]
    }
    let isOwn = random.uniform() < 0.88
    return tweets.draw(topic: isOwn ? person.drawInterest(&random) : Int(people.topics.draw(&random)), &random)
  }

  private func drawKind(_ random: inout SeededGenerator) -> Int {
    var point = random.uniform()
    for (kind, entry) in Self.kinds.enumerated() {
      point -= entry.share
      if point < 0 { return kind }
    }
    return 0
  }
}
