import Kernels
import Testing

@testable import Training

@Suite("Blocks of visits")
struct FactorGridTests {
  /// The visits in their order, by the rows that the grid gives to users and tweets.
  private func visits(_ order: FactorOrder, _ grid: FactorGrid) -> [FactorVisit] {
    order.scores.indices.map {
      FactorVisit(
        user: grid.userPlaces[Int(order.users[$0])], tweet: grid.tweetPlaces[Int(order.tweets[$0])],
        score: Float(order.scores[$0]))
    }
  }

  @Test("one part is the order itself")
  func onePart() {
    let order = randomOrder(users: 20, tweets: 30, count: 500, seed: 1)
    let grid = FactorGrid(order: order, parts: 1)
    #expect(grid.visits == visits(order, grid) && grid.offsets == [0, 500])
    #expect(grid.userPlaces == order.userRows.indices.map { UInt32($0) })
  }

  @Test(
    "every visit is in one block, in its order there, and blocks of a round share no row", arguments: [2, 3, 5, 16])
  func partition(parts: Int) {
    let order = randomOrder(users: 50, tweets: 80, count: 2000, seed: UInt64(parts))
    let grid = FactorGrid(order: order, parts: parts)
    #expect(grid.parts == parts && grid.offsets.count == parts * parts + 1)
    func key(_ visit: FactorVisit) -> [Float] { [Float(visit.user), Float(visit.tweet), visit.score] }
    let all = visits(order, grid)
    #expect(
      grid.visits.map(key).sorted { $0.lexicographicallyPrecedes($1) }
        == all.map(key).sorted { $0.lexicographicallyPrecedes($1) })
    for places in [grid.userPlaces, grid.tweetPlaces] { #expect(places.sorted() == places.indices.map { UInt32($0) }) }
    for round in 0..<parts {
      var (users, tweets) = (Set<UInt32>(), Set<UInt32>())
      for block in round * parts..<(round + 1) * parts {
        let own = grid.visits[grid.offsets[block]..<grid.offsets[block + 1]]
        let (ownUsers, ownTweets) = (Set(own.map(\.user)), Set(own.map(\.tweet)))
        #expect(users.isDisjoint(with: ownUsers) && tweets.isDisjoint(with: ownTweets))
        users.formUnion(ownUsers)
        tweets.formUnion(ownTweets)
        let inOrder = all.filter { ownUsers.contains($0.user) && ownTweets.contains($0.tweet) }
        #expect(Array(own) == inOrder)
      }
    }
  }

  @Test("two threads get the same number of visits in every round, to the largest row's share")
  func balance() {
    let order = randomOrder(users: 300, tweets: 400, count: 20_000, seed: 3)
    let grid = FactorGrid(order: order, parts: 2)
    let sizes = (0..<4).map { grid.offsets[$0 + 1] - grid.offsets[$0] }
    #expect(abs(sizes[0] - sizes[1]) <= 4 && abs(sizes[2] - sizes[3]) <= 4, "\(sizes)")
  }

  @Test("there are no more parts than users or tweets, and results are summed in the order of the blocks")
  func fewRows() {
    let order = randomOrder(users: 3, tweets: 50, count: 90, seed: 4)
    let grid = FactorGrid(order: order, parts: 64)
    #expect(grid.parts == 3)
    #expect(grid.sumOverBlocks { Double($0.count) } == 90)
    let empty = FactorGrid(order: FactorOrder(log: EngagementLog(), userCount: 2, tweetCount: 2), parts: 4)
    #expect(empty.parts == 1 && empty.visits.isEmpty && empty.sumOverBlocks { _ in 0 } == 0)
  }
}
