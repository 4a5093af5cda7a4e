/// The candidates found so far for one user: each tweet once, none that the user has engaged with or written, none of
/// the future. Confined to one thread.
struct CandidateCollector {
  /// Rows found, in order.
  private(set) var count = 0
  /// [capacity]
  let ids: UnsafeMutablePointer<UInt64>
  private let capacity: Int
  /// How many this user's list may have.
  private var limit = 0
  private let tweets: TweetTable
  /// [tweets] number of the user for whom a tweet was last found or left out.
  private let marks: UnsafeMutablePointer<UInt32>
  /// Number of the user; 0 before the first.
  private var number: UInt32 = 0
  private var user = ModelSchema.noRow
  private var time: Int64 = 0

  /// Memory for lists of up to `capacity` of these tweets; it lives until ``deallocate()``.
  init(capacity: Int, tweets: TweetTable) {
    self.capacity = max(1, capacity)
    self.tweets = tweets
    ids = .allocate(capacity: self.capacity)
    ids.initialize(repeating: 0, count: self.capacity)
    marks = .allocate(capacity: max(1, tweets.count))
    marks.initialize(repeating: 0, count: max(1, tweets.count))
  }

  func deallocate() {
    ids.deallocate()
    marks.deallocate()
  }

  /// Begins the list of another user, of at most `limit` tweets written up to `time`.
  mutating func begin(user: UInt32, time: Int64, limit: Int) {
    number &+= 1
    if number == 0 {
      // The counter came round: old marks must not look new.
      marks.update(repeating: 0, count: max(1, tweets.count))
      number = 1
    }
    (count, self.user, self.time) = (0, user, time)
    self.limit = min(max(0, limit), capacity)
  }

  /// Room left.
  var room: Int { limit - count }

  /// Never takes this tweet for this user.
  mutating func leaveOut(_ row: UInt32) { marks[Int(row)] = number }

  /// Takes a tweet, unless it is there, left out, the user's own, or not yet written; whether it was taken. Nothing is
  /// taken where there is no room.
  @discardableResult
  mutating func take(_ row: UInt32) -> Bool {
    guard count < limit, marks[Int(row)] != number else { return false }
    marks[Int(row)] = number
    guard user == ModelSchema.noRow || tweets.authors[Int(row)] != user, tweets.createdAt[Int(row)] <= time else {
      return false
    }
    ids[count] = tweets.ids[Int(row)]
    count += 1
    return true
  }

  /// Takes the first `limit` that can be taken.
  mutating func take(_ rows: some Sequence<UInt32>, limit: Int) {
    var left = limit
    for row in rows {
      if left <= 0 || room == 0 { return }
      if take(row) { left -= 1 }
    }
  }

  /// Takes `limit` in turns: the first of each list, then the second of each, and so on.
  mutating func take(inTurns lists: [some Collection<UInt32>], deep: Int, limit: Int) {
    var left = limit
    var places = lists.map(\.startIndex)
    for _ in 0..<deep {
      var isAnyLeft = false
      for (index, list) in lists.enumerated() where places[index] < list.endIndex {
        if left <= 0 || room == 0 { return }
        if take(list[places[index]]) { left -= 1 }
        list.formIndex(after: &places[index])
        isAnyLeft = true
      }
      if !isAnyLeft { return }
    }
  }
}
