/// All that has happened up to a moment: a fold over events in order of time.
///
/// Trainer and evaluation fold event by event and look in between, so that each example sees what had happened before
/// it and nothing else; a server holds the fold as of the end of its training data. One writer; never read while it is
/// written. Rows are those of the tables it was made for; a row that is not in them is refused by `precondition`.
package final class History {
  private typealias HalfLife = DecayedCount.HalfLife

  private(set) var tweets: [TweetHistory]
  /// Rows of the newest engagers of each tweet, oldest first, each engagement one entry.
  private(set) var engagers: [[UInt32]]
  private(set) var people: [PersonHistory]
  /// What each account engaged with last, oldest first.
  private(set) var recent: [RecentTweets]
  /// What each account wrote last, oldest first.
  private(set) var own: [RecentTweets]
  /// How each account stands to others, in order of first meeting.
  private(set) var pairs: [[PairHistory]]
  /// Hashtags that each account engaged with, in order of first meeting.
  private(set) var tagPairs: [[TagPairHistory]]
  private(set) var tags: [TagHistory]
  /// What is engaged with everywhere: [V, 2], halving every six hours and every three days, as of ``topicTime``.
  private(set) var topics: [Float]
  private(set) var topicTime: Int64 = 0
  /// The engagements in them, with the same weights.
  private(set) var topicMass: (quick: Float, slow: Float) = (0, 0)
  private let facts: TweetFacts
  /// Place of (person, other) in `pairs[person]`, and of (person, tag); nil until the first fold, so that who only reads
  /// does without. Not lazy variables, which are copied whole at each change.
  private var pairPlaces: [UInt64: UInt32]?
  private var tagPlaces: [UInt64: UInt32]?

  /// Before anything has happened.
  package init(facts: TweetFacts, people: Int, tags: Int, terms: Int) {
    self.facts = facts
    tweets = .init(repeating: TweetHistory(), count: facts.count)
    engagers = .init(repeating: [], count: facts.count)
    self.people = .init(repeating: PersonHistory(), count: people)
    recent = .init(repeating: RecentTweets(), count: people)
    own = recent
    pairs = .init(repeating: [], count: people)
    tagPairs = .init(repeating: [], count: people)
    self.tags = .init(repeating: TagHistory(), count: tags)
    topics = .init(repeating: 0, count: 2 * terms)
  }

  /// Engagements of an account, with a tweet, and with all tweets of an author, so far.
  package func engagementsMade(by person: UInt32) -> Int { Int(people[Int(person)].made) }
  package func engagements(with tweet: UInt32) -> Int { Int(tweets[Int(tweet)].count) }
  package func engagementsReceived(by person: UInt32) -> Int { Int(people[Int(person)].received) }

  /// Takes over counts that were folded before.
  func restore(
    tweets: [TweetHistory], engagers: [[UInt32]], people: [PersonHistory], tags: [TagHistory], topics: [Float],
    mass: (quick: Float, slow: Float), time: Int64
  ) {
    self.tweets = tweets
    self.engagers = engagers
    self.people = people
    self.tags = tags
    self.topics = topics
    topicMass = mass
    topicTime = time
  }

  /// Takes over what was folded before for each account.
  func restore(recent: [RecentTweets], own: [RecentTweets], pairs: [[PairHistory]], tagPairs: [[TagPairHistory]]) {
    self.recent = recent
    self.own = own
    self.pairs = pairs
    self.tagPairs = tagPairs
  }

  private static func places<Pair>(_ lists: [[Pair]], of key: (Pair) -> UInt32) -> [UInt64: UInt32] {
    var places: [UInt64: UInt32] = [:]
    for (person, pairs) in lists.enumerated() {
      for (place, pair) in pairs.enumerated() { places[Self.key(UInt32(person), key(pair))] = UInt32(place) }
    }
    return places
  }

  private static func key(_ person: UInt32, _ other: UInt32) -> UInt64 { UInt64(person) << 32 | UInt64(other) }

  /// A tweet appeared.
  package func publish(tweet: UInt32, time: Int64) {
    for tag in facts.tags[tweet] { tags[Int(tag)].written += 1 }
    let author = facts.authors[Int(tweet)]
    guard author != ModelSchema.noRow else { return }
    people[Int(author)].written += 1
    own[Int(author)].append(tweet, time: time, limit: PersonHistory.ownKept)
  }

  /// `user` engaged with `tweet`; `time` 0 is unknown and moves no decayed count.
  package func engage(user: UInt32, tweet: UInt32, time: Int64) {
    add(to: &tweets[Int(tweet)], time: time)
    if engagers[Int(tweet)].count >= TweetHistory.engagersKept { engagers[Int(tweet)].removeFirst() }
    engagers[Int(tweet)].append(user)
    people[Int(user)].made += 1
    people[Int(user)].madeLast = max(people[Int(user)].madeLast, time)
    recent[Int(user)].append(tweet, time: time, limit: PersonHistory.recentKept)
    for tag in facts.tags[tweet] { addTag(tag, user: user, time: time) }
    addTopics(of: tweet, time: time)
    let author = facts.authors[Int(tweet)]
    guard author != ModelSchema.noRow else { return }
    addReceived(&people[Int(author)], time: time)
    let place = self.place(of: author, with: user)
    Self.add(to: &pairs[Int(user)][place], time: time)
  }

  /// An edge of the user graph; `time` 0 is one that was always there.
  package func link(source: UInt32, destination: UInt32, weight: Float, time: Int64) {
    let there = place(of: destination, with: source)
    Self.addEdge(to: &pairs[Int(source)][there], time: time, out: weight, back: 0)
    let back = place(of: source, with: destination)
    Self.addEdge(to: &pairs[Int(destination)][back], time: time, out: 0, back: weight)
  }

  private func add(to tweet: inout TweetHistory, time: Int64) {
    tweet.count += 1
    guard time != 0 else { return }
    let passed = time &- tweet.last
    DecayedCount.grow(&tweet.halfHour, after: passed, halfLife: HalfLife.halfHour)
    DecayedCount.grow(&tweet.sixHours, after: passed, halfLife: HalfLife.sixHours)
    tweet.last = max(tweet.last, time)
  }

  private func addReceived(_ person: inout PersonHistory, time: Int64) {
    person.received += 1
    guard time != 0 else { return }
    let passed = time &- person.receivedLast
    DecayedCount.grow(&person.receivedDay, after: passed, halfLife: HalfLife.day)
    DecayedCount.grow(&person.receivedMonth, after: passed, halfLife: HalfLife.month)
    person.receivedLast = max(person.receivedLast, time)
  }

  private func addTag(_ tag: UInt32, user: UInt32, time: Int64) {
    let key = Self.key(user, tag)
    if tagPlaces == nil { tagPlaces = Self.places(tagPairs, of: \.tag) }
    let place: Int
    if let known = tagPlaces?[key] {
      place = Int(known)
    } else {
      place = tagPairs[Int(user)].count
      tagPlaces?[key] = UInt32(place)
      tagPairs[Int(user)].append(TagPairHistory(tag: tag))
    }
    Self.add(to: &tagPairs[Int(user)][place], time: time)
    Self.add(to: &tags[Int(tag)], time: time)
  }

  private static func add(to pair: inout TagPairHistory, time: Int64) {
    pair.count += 1
    guard time != 0 else { return }
    DecayedCount.grow(&pair.fortnight, after: time &- pair.last, halfLife: HalfLife.fortnight)
    pair.last = max(pair.last, time)
  }

  private static func add(to tag: inout TagHistory, time: Int64) {
    tag.count += 1
    guard time != 0 else { return }
    DecayedCount.grow(&tag.day, after: time &- tag.last, halfLife: HalfLife.day)
    tag.last = max(tag.last, time)
  }

  /// Old weight is not made smaller with each event: the new one is made larger (forward decay), until numbers would
  /// become too large and all are brought back.
  private func addTopics(of tweet: UInt32, time: Int64) {
    guard time != 0 else { return }
    if topicTime == 0 { topicTime = time }
    // 2^60 still leaves a Float room for sums.
    if time &- topicTime > Int64(60 * HalfLife.sixHours) { rebaseTopics(to: time) }
    let passed = Float(time &- topicTime)
    let quick = Logarithm.powerOfTwo(passed * Float(1 / HalfLife.sixHours))
    let slow = Logarithm.powerOfTwo(passed * Float(1 / HalfLife.threeDays))
    topicMass.quick += quick
    topicMass.slow += slow
    let facts = facts.candidate(tweet)
    for (term, weight) in zip(facts.terms, facts.weights) {
      topics[2 * Int(term)] += weight * quick
      topics[2 * Int(term) + 1] += weight * slow
    }
  }

  private func rebaseTopics(to time: Int64) {
    let passed = time &- topicTime
    let quick = DecayedCount.factor(seconds: passed, halfLife: HalfLife.sixHours)
    let slow = DecayedCount.factor(seconds: passed, halfLife: HalfLife.threeDays)
    for term in 0..<topics.count / 2 {
      topics[2 * term] *= quick
      topics[2 * term + 1] *= slow
    }
    topicMass.quick *= quick
    topicMass.slow *= slow
    topicTime = time
  }

  private func place(of other: UInt32, with person: UInt32) -> Int {
    let key = Self.key(person, other)
    if pairPlaces == nil { pairPlaces = Self.places(pairs, of: \.other) }
    if let known = pairPlaces?[key] { return Int(known) }
    let place = pairs[Int(person)].count
    pairPlaces?[key] = UInt32(place)
    pairs[Int(person)].append(PairHistory(other: other))
    return place
  }

  private static func add(to pair: inout PairHistory, time: Int64) {
    pair.count += 1
    guard time != 0 else { return }
    let passed = time &- pair.last
    DecayedCount.grow(&pair.hour, after: passed, halfLife: HalfLife.hour)
    DecayedCount.grow(&pair.day, after: passed, halfLife: HalfLife.day)
    DecayedCount.grow(&pair.month, after: passed, halfLife: HalfLife.month)
    pair.last = max(pair.last, time)
  }

  private static func addEdge(to pair: inout PairHistory, time: Int64, out: Float, back: Float) {
    pair.edges += out
    pair.reverse += back
    guard time != 0 else { return }
    let left = DecayedCount.factor(seconds: time &- pair.edgeLast, halfLife: HalfLife.month)
    pair.edgesMonth = pair.edgesMonth * left + out
    pair.reverseMonth = pair.reverseMonth * left + back
    pair.edgeLast = max(pair.edgeLast, time)
  }
}
