import Kernels

/// The visits of an epoch, dealt out to P threads so that they never meet at a row.
///
/// Users and tweets are each parted in P, which cuts the visits into P × P blocks. In round r thread i takes the block
/// of user part i and tweet part (i + r) mod P: the blocks of a round have no user and no tweet in common. This is the
/// stratified descent of Gemulla, Nijkamp, Haas and Sismanis ("Large-Scale Matrix Factorization with Distributed
/// Stochastic Gradient Descent", KDD 2011). Within a block the visits keep their order.
struct FactorGrid {
  /// P: at most one part per user and per tweet.
  let parts: Int
  /// Where each user's row is in the table that the visits speak of. Rows of a part lie together, so that a core that
  /// fetches memory ahead does not take lines away from another one.
  let userPlaces: [UInt32]
  /// Where each tweet's row is in the table that the visits speak of.
  let tweetPlaces: [UInt32]
  /// All visits, block by block in the order of the rounds.
  private(set) var visits: [FactorVisit] = []
  /// [P · P + 1] where each block begins: block r · P + i is thread i's in round r.
  private(set) var offsets: [Int] = []

  /// One part keeps the order as it is.
  ///
  /// - Complexity: O(visits + rows · (log rows + P)) time, 12 bytes a visit.
  init(order: FactorOrder, parts wanted: Int) {
    let parts = max(1, min(wanted, order.userRows.count, order.tweetRows.count))
    self.parts = parts
    let userParts = Self.parts(of: order.users, rows: order.userRows.count, parts: parts)
    let tweetParts = Self.parts(of: order.tweets, rows: order.tweetRows.count, parts: parts)
    let userPlaces = Self.places(userParts, parts: parts)
    let tweetPlaces = Self.places(tweetParts, parts: parts)
    (self.userPlaces, self.tweetPlaces) = (userPlaces, tweetPlaces)
    let blocks = order.users.indices.map { visit in
      let user = Int(userParts[Int(order.users[visit])])
      let tweet = Int(tweetParts[Int(order.tweets[visit])])
      return UInt32((tweet + parts - user) % parts * parts + user)
    }
    let grouped = GroupedIndices(blocks, groupCount: parts * parts)
    offsets = grouped.offsets
    visits = grouped.indices.map { index in
      let visit = Int(index)
      return FactorVisit(
        user: userPlaces[Int(order.users[visit])], tweet: tweetPlaces[Int(order.tweets[visit])],
        score: Float(order.scores[visit]))
    }
  }

  /// The part of each row: rows with most visits first, each goes to the part that has fewest visits yet.
  private static func parts(of visits: [UInt32], rows: Int, parts: Int) -> [UInt32] {
    var assigned = [UInt32](repeating: 0, count: rows)
    guard parts > 1 else { return assigned }
    var counts = [Int](repeating: 0, count: rows)
    for row in visits { counts[Int(row)] += 1 }
    var loads = [Int](repeating: 0, count: parts)
    for row in counts.indices.sorted(by: { (counts[$1], $0) < (counts[$0], $1) }) {
      var lightest = 0
      for part in 1..<parts where loads[part] < loads[lightest] { lightest = part }
      assigned[row] = UInt32(lightest)
      loads[lightest] += counts[row]
    }
    return assigned
  }

  /// The rows' places when they are put together by part, in their order within one.
  private static func places(_ assigned: [UInt32], parts: Int) -> [UInt32] {
    var places = assigned
    for (place, row) in GroupedIndices(assigned, groupCount: parts).indices.enumerated() {
      places[Int(row)] = UInt32(place)
    }
    return places
  }

  /// Calls `body` with every block's visits, the blocks of a round at the same time; returns the sum of the results in
  /// the order of the blocks.
  func sumOverBlocks(_ body: (UnsafeBufferPointer<FactorVisit>) -> Double) -> Double {
    var sums = [Double](repeating: 0, count: parts * parts)
    visits.withUnsafeBufferPointer { visits in
      sums.withUnsafeMutableBufferPointer { sums in
        for round in 0..<parts {
          // Each thread writes its own block's sum.
          nonisolated(unsafe) let sums = sums
          Parallel(threads: parts).forEachChunk(of: parts, size: 1) { thread, _ in
            let block = round * parts + thread
            sums[block] = body(UnsafeBufferPointer(rebasing: visits[offsets[block]..<offsets[block + 1]]))
          }
        }
      }
    }
    return sums.reduce(0, +)
  }
}
