import Artifact
import Kernels

extension History {
  private typealias Name = MomentSchema

  /// Writes the fold into a tensor set.
  package func add(to tensors: TensorSet) {
    tensors.add(Name.tweetHistory, shape: [tweets.count, 3], tweets.flatMap { [$0.count, $0.halfHour, $0.sixHours] })
    tensors.add(Name.tweetLast, shape: [tweets.count], tweets.map(\.last))
    tensors.addLists(Name.tweetEngagers, engagers)
    tensors.add(
      Name.userHistory, shape: [people.count, 5],
      people.flatMap { [$0.written, $0.received, $0.receivedDay, $0.receivedMonth, $0.made] })
    tensors.add(Name.userLast, shape: [people.count, 2], people.flatMap { [$0.receivedLast, $0.madeLast] })
    for (name, lists) in [(Name.userRecent, recent), (Name.userOwn, own)] {
      tensors.addLists(name, lists.map(\.tweets))
      let times = lists.flatMap(\.times)
      tensors.add("\(name).times", shape: [times.count], times)
    }
    tensors.addLists(Name.userPairs, pairs.map { $0.map(\.other) })
    let pairs = self.pairs.flatMap(\.self)
    tensors.add(
      "\(Name.userPairs).values", shape: [pairs.count, 8],
      pairs.flatMap { [$0.count, $0.hour, $0.day, $0.month, $0.edges, $0.edgesMonth, $0.reverse, $0.reverseMonth] })
    tensors.add("\(Name.userPairs).times", shape: [pairs.count, 2], pairs.flatMap { [$0.last, $0.edgeLast] })
    tensors.addLists(Name.userHashtags, tagPairs.map { $0.map(\.tag) })
    let tagPairs = self.tagPairs.flatMap(\.self)
    tensors.add(
      "\(Name.userHashtags).values", shape: [tagPairs.count, 2], tagPairs.flatMap { [$0.count, $0.fortnight] })
    tensors.add("\(Name.userHashtags).times", shape: [tagPairs.count], tagPairs.map(\.last))
    tensors.add(Name.hashtagHistory, shape: [tags.count, 3], tags.flatMap { [$0.written, $0.count, $0.day] })
    tensors.add(Name.hashtagLast, shape: [tags.count], tags.map(\.last))
    tensors.add(Name.topics, shape: [topics.count / 2, 2], topics)
    tensors.add(Name.topicMass, shape: [2], [topicMass.quick, topicMass.slow])
    tensors.add(Name.topicTime, shape: [1], [topicTime])
  }

  /// Reads and checks a fold over `facts`, `people` accounts, `tags` hashtags and `terms` terms.
  convenience init(
    from reader: ColumnReader, facts: TweetFacts, people: Int, tags: Int, terms: Int
  ) throws(ModelError) {
    self.init(facts: facts, people: people, tags: tags, terms: terms)
    let tweetValues = try reader.finiteFloats(Name.tweetHistory, shape: [facts.count, 3])
    let tweetLast = try reader.column(Name.tweetLast, of: Int64.self, shape: [facts.count])
    let engagers = try reader.lists(Name.tweetEngagers, rows: facts.count, below: people)
    let userValues = try reader.finiteFloats(Name.userHistory, shape: [people, 5])
    let userLast = try reader.column(Name.userLast, of: Int64.self, shape: [people, 2])
    let tagValues = try reader.finiteFloats(Name.hashtagHistory, shape: [tags, 3])
    let tagLast = try reader.column(Name.hashtagLast, of: Int64.self, shape: [tags])
    let mass = try reader.finiteFloats(Name.topicMass, shape: [2])
    restore(
      tweets: LongWork.map(facts.count) { row in
        TweetHistory(
          count: tweetValues[3 * row], halfHour: tweetValues[3 * row + 1], sixHours: tweetValues[3 * row + 2],
          last: tweetLast[row])
      },
      engagers: LongWork.map(facts.count, rows: LongWork.heavyRows) { Array(engagers[UInt32($0)]) },
      people: LongWork.map(people) { row in
        PersonHistory(
          written: userValues[5 * row], received: userValues[5 * row + 1], receivedDay: userValues[5 * row + 2],
          receivedMonth: userValues[5 * row + 3], receivedLast: userLast[2 * row], made: userValues[5 * row + 4],
          madeLast: userLast[2 * row + 1])
      },
      tags: LongWork.map(tags) { row in
        TagHistory(
          written: tagValues[3 * row], count: tagValues[3 * row + 1], day: tagValues[3 * row + 2], last: tagLast[row])
      },
      topics: LongWork.array(try reader.finiteFloats(Name.topics, shape: [terms, 2])), mass: (mass[0], mass[1]),
      time: try reader.column(Name.topicTime, of: Int64.self, shape: [1])[0])
    restore(
      recent: try Self.recent(Name.userRecent, reader, people, facts.count),
      own: try Self.recent(Name.userOwn, reader, people, facts.count), pairs: try Self.pairs(reader, people),
      tagPairs: try Self.tagPairs(reader, people, tags))
  }

  private static func recent(
    _ name: String, _ reader: ColumnReader, _ people: Int, _ tweets: Int
  ) throws(ModelError) -> [RecentTweets] {
    let lists = try reader.lists(name, rows: people, below: tweets)
    let times = try reader.column("\(name).times", of: Int64.self, shape: [lists.values.count])
    return LongWork.map(people, rows: LongWork.heavyRows) { row in
      let range = Int(lists.offsets[row])..<Int(lists.offsets[row + 1])
      return RecentTweets(tweets: Array(lists.values[range]), times: Array(times[range]))
    }
  }

  private static func pairs(_ reader: ColumnReader, _ people: Int) throws(ModelError) -> [[PairHistory]] {
    let lists = try reader.lists(Name.userPairs, rows: people, below: people)
    let values = try reader.finiteFloats("\(Name.userPairs).values", shape: [lists.values.count, 8])
    let times = try reader.column("\(Name.userPairs).times", of: Int64.self, shape: [lists.values.count, 2])
    return LongWork.map(people, rows: LongWork.heavyRows) { row in
      (Int(lists.offsets[row])..<Int(lists.offsets[row + 1])).map { entry in
        var pair = PairHistory(other: lists.values[entry])
        (pair.count, pair.hour) = (values[8 * entry], values[8 * entry + 1])
        (pair.day, pair.month) = (values[8 * entry + 2], values[8 * entry + 3])
        (pair.edges, pair.edgesMonth) = (values[8 * entry + 4], values[8 * entry + 5])
        (pair.reverse, pair.reverseMonth) = (values[8 * entry + 6], values[8 * entry + 7])
        (pair.last, pair.edgeLast) = (times[2 * entry], times[2 * entry + 1])
        return pair
      }
    }
  }

  private static func tagPairs(
    _ reader: ColumnReader, _ people: Int, _ tags: Int
  ) throws(ModelError) -> [[TagPairHistory]] {
    let lists = try reader.lists(Name.userHashtags, rows: people, below: tags)
    let values = try reader.finiteFloats("\(Name.userHashtags).values", shape: [lists.values.count, 2])
    let times = try reader.column("\(Name.userHashtags).times", of: Int64.self, shape: [lists.values.count])
    return LongWork.map(people, rows: LongWork.heavyRows) { row in
      (Int(lists.offsets[row])..<Int(lists.offsets[row + 1])).map { entry in
        var pair = TagPairHistory(tag: lists.values[entry])
        (pair.count, pair.fortnight, pair.last) = (values[2 * entry], values[2 * entry + 1], times[entry])
        return pair
      }
    }
  }
}
