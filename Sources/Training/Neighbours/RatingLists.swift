/// The ratings of each user, or of each item, in the order in which they were given; a pair rated twice is there twice.
package struct RatingLists: Sendable {
  /// [count + 1]: owner i has the entries `offsets[i]..<offsets[i + 1]`.
  package private(set) var offsets: [Int]
  /// Number of the other end, per entry.
  package private(set) var others: [UInt32]
  /// The rating, per entry.
  package private(set) var scores: [Double]

  /// Users or items.
  package var count: Int { offsets.count - 1 }

  /// The places of an owner's entries.
  package func entries(of owner: Int) -> Range<Int> { offsets[owner]..<offsets[owner + 1] }

  /// Groups ratings by owner, keeping their order. Owners are below `ownerCount`. O(ratings + owners).
  init(owners: [UInt32], others: [UInt32], scores: [Double], ownerCount: Int) {
    var offsets = [Int](repeating: 0, count: ownerCount + 1)
    for owner in owners { offsets[Int(owner) + 1] += 1 }
    for owner in 0..<ownerCount { offsets[owner + 1] += offsets[owner] }
    var next = offsets
    var groupedOthers = [UInt32](repeating: 0, count: owners.count)
    var groupedScores = [Double](repeating: 0, count: owners.count)
    for index in owners.indices {
      let place = next[Int(owners[index])]
      next[Int(owners[index])] = place + 1
      groupedOthers[place] = others[index]
      groupedScores[place] = scores[index]
    }
    self.offsets = offsets
    self.others = groupedOthers
    self.scores = groupedScores
  }
}
