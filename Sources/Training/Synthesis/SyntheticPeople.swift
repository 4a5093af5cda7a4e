import Kernels

/// One inhabitant of a ``SyntheticWorld``, worked out from the number whenever needed.
struct SyntheticPerson {
  /// Most important first; may repeat.
  let interests: [Int]
  /// How likely others are to follow this person, at least 1.
  let fame: Double
  /// How much this person writes in comparison to others, at least 1.
  let writing: Double
  /// How much this person engages in comparison to others, at least 1.
  let activity: Double

  init(random: inout SeededGenerator, topics: WeightedChoice) {
    interests = (0..<3).map { _ in Int(topics.draw(&random)) }
    fame = random.pareto(shape: 1.2, limit: 10_000)
    writing = random.pareto(shape: 1.3, limit: 1_000)
    activity = random.pareto(shape: 1.5, limit: 100)
  }

  /// Mean of ``activity``, its limit left aside.
  static let meanActivity = 1.5 / (1.5 - 1)

  /// A topic this person cares about: the first interest in three cases of five, the second in one of four.
  func drawInterest(_ random: inout SeededGenerator) -> Int {
    let point = random.uniform()
    return interests[point < 0.6 ? 0 : point < 0.85 ? 1 : 2]
  }
}

/// The inhabitants of a ``SyntheticWorld``.
struct SyntheticPeople {
  let count: Int
  private let streams: SyntheticStreams
  /// The topics, the first ones more popular.
  let topics: WeightedChoice
  /// For each topic the people whose first interest it is, by fame.
  private(set) var communities: [WeightedChoice]
  /// Everybody, by how much they write.
  private(set) var authors = WeightedChoice()

  init(options: SyntheticWorld.Options, streams: SyntheticStreams) {
    count = options.users
    self.streams = streams
    var topics = WeightedChoice()
    let topicCount = SyntheticTopicTable.topics.count
    for topic in 0..<topicCount { topics.append(UInt32(topic), weight: 1 / Double(topic + 4)) }
    self.topics = topics
    communities = [WeightedChoice](repeating: WeightedChoice(), count: topicCount)
    for user in 0..<count {
      let person = self.person(user)
      communities[person.interests[0]].append(UInt32(user), weight: person.fame)
      authors.append(UInt32(user), weight: person.writing)
    }
  }

  func person(_ user: Int) -> SyntheticPerson {
    var random = streams.generator(.person, user)
    return SyntheticPerson(random: &random, topics: topics)
  }

  /// The key of a user in every file.
  static func key(_ user: Int) -> [UInt8] {
    Array("user_\(user)".utf8)
  }

  /// Somebody worth mentioning or following in a topic: a member of its community, the famous ones most likely.
  func drawMember(of topic: Int, _ random: inout SeededGenerator) -> UInt32 {
    communities[topic].isEmpty ? UInt32(random.below(count)) : communities[topic].draw(&random)
  }

  /// Whom a user follows: mostly people who share an interest. Without repetition, never the user, in no special order.
  /// - Complexity: O(f · (f + log users)) for f ≤ 120 people followed.
  func followed(by user: Int) -> [UInt32] {
    var random = streams.generator(.follows, user)
    let person = self.person(user)
    let wanted = min(Int(6 * random.pareto(shape: 1.5, limit: 20)), count / 2)
    var followed: [UInt32] = []
    // Some draws repeat, above all in a small world; who finds nobody new follows fewer.
    for _ in 0..<(2 * wanted) where followed.count < wanted {
      let topic = random.uniform() < 0.85 ? person.drawInterest(&random) : Int(topics.draw(&random))
      let other = drawMember(of: topic, &random)
      if other != UInt32(user), !followed.contains(other) { followed.append(other) }
    }
    return followed
  }
}
