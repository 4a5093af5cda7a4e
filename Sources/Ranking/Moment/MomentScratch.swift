/// Working memory of ``MomentSignals`` for one thread, sized once.
package final class MomentScratch {
  /// Mentioned accounts looked at in one tweet; what lists more is not written to anybody.
  static let mentionsRead = 4
  /// Authors, parents' authors and mentions of a candidate.
  private static let peoplePerCandidate = 2 + mentionsRead

  /// Authors and mentioned accounts of the candidates.
  var people: PeopleTable
  /// Place of each in the user's pairs and fits, -1: none. [people]
  let pairs: UnsafeMutablePointer<Int32>
  let fits: UnsafeMutablePointer<Int32>
  /// Hashtags of the candidates, and the place of each in the user's.
  var tags: PeopleTable
  let tagPairs: UnsafeMutablePointer<Int32>
  /// Accounts near the user, and how near.
  var near: PeopleTable
  let nearness: UnsafeMutablePointer<(readers: Float, companions: Float)>
  /// Place of each candidate's author, -1: unknown. [capacity]
  let authors: UnsafeMutablePointer<Int32>
  /// [V, 4]: interests, interests now, own writing, unused; zero between calls.
  let profiles: UnsafeMutablePointer<Float>
  /// Terms that are not zero there.
  var touched: [UInt32] = []
  /// [K] factors folded in for the call.
  var readerFactors: [Float] = []
  var engagerFactors: [Float] = []

  /// Memory for `capacity` candidates over `terms` terms.
  package init(capacity: Int, terms: Int) {
    let capacity = max(1, capacity)
    let peopleCount = capacity * Self.peoplePerCandidate
    people = PeopleTable(capacity: peopleCount)
    tags = PeopleTable(capacity: capacity * MomentSignals.tagsRead)
    near = PeopleTable(capacity: 2 * MomentSignals.nearRead)
    pairs = .allocate(capacity: peopleCount)
    fits = .allocate(capacity: peopleCount)
    tagPairs = .allocate(capacity: capacity * MomentSignals.tagsRead)
    nearness = .allocate(capacity: 2 * MomentSignals.nearRead)
    authors = .allocate(capacity: capacity)
    profiles = .allocate(capacity: 4 * max(1, terms))
    pairs.initialize(repeating: -1, count: peopleCount)
    fits.initialize(repeating: -1, count: peopleCount)
    tagPairs.initialize(repeating: -1, count: capacity * MomentSignals.tagsRead)
    nearness.initialize(repeating: (0, 0), count: 2 * MomentSignals.nearRead)
    authors.initialize(repeating: -1, count: capacity)
    profiles.initialize(repeating: 0, count: 4 * max(1, terms))
  }

  deinit {
    people.deallocate()
    tags.deallocate()
    near.deallocate()
    pairs.deallocate()
    fits.deallocate()
    tagPairs.deallocate()
    nearness.deallocate()
    authors.deallocate()
    profiles.deallocate()
  }
}
