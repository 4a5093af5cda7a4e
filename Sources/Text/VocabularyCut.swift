/// The choice of the terms that stay.
///
/// Terms outside the bounds on document frequency go first. Of the others the most frequent stay, and of those that
/// occur equally often the first in byte order, which is code point order. (scikit-learn leaves this choice to an
/// unstable sort, so it depends on the machine there.)
struct VocabularyCut {
  /// A term of a shard.
  struct Candidate {
    var shard: Int
    var number: Int
    var occurrences: UInt64
    var orderKey: UInt64
  }

  let shards: [TermShard]

  /// The terms of the vocabulary in byte order.
  ///
  /// - Complexity: O(n + k log k) for n terms of which k are chosen or tied with the last that is.
  /// - Throws: ``TfidfError`` when there is no term, or no term within the bounds.
  func choose(_ options: TfidfOptions, documents: Int) throws(TfidfError) -> [Candidate] {
    let all = shards.reduce(0) { $0 + $1.table.count }
    guard all > 0 else { throw .noTerms(documents: documents) }
    let (atLeast, atMost) = (options.minDocumentFrequency, options.maxDocumentFrequency)
    let (fewest, most) = (atLeast.documents(of: documents), atMost.documents(of: documents))
    guard most >= fewest else { throw .crossedBounds(atLeast: atLeast, atMost: atMost, documents: documents) }

    // A large collection has far more terms than the vocabulary: only those that may stay get more than a number.
    var kept: [UInt64] = []
    kept.reserveCapacity(all)
    for shard in shards {
      for frequency in shard.frequencies
      where Double(frequency.documents) >= fewest && Double(frequency.documents) <= most {
        kept.append(frequency.occurrences)
      }
    }
    guard !kept.isEmpty else {
      throw .nothingLeft(terms: all, atLeast: atLeast, atMost: atMost, documents: documents)
    }
    let limit = options.maxFeatures ?? kept.count
    let atCut = kept.count > limit ? Self.atRank(limit, of: kept) : 0
    var candidates: [Candidate] = []
    for (index, shard) in shards.enumerated() {
      for (number, frequency) in shard.frequencies.enumerated()
      where frequency.occurrences >= atCut && Double(frequency.documents) >= fewest
        && Double(frequency.documents) <= most
      {
        let orderKey = shard.table.withTerm(number) { TermBytes.orderKey($0) }
        candidates.append(
          Candidate(shard: index, number: number, occurrences: frequency.occurrences, orderKey: orderKey))
      }
    }
    return firstByFrequency(limit, of: candidates)
  }

  /// Drops the last of the least frequent until only `limit` are left.
  private func firstByFrequency(_ limit: Int, of candidates: [Candidate]) -> [Candidate] {
    let sorted = candidates.sorted(by: isBefore)
    var surplus = sorted.count - limit
    guard surplus > 0, let least = sorted.lazy.map(\.occurrences).min() else { return sorted }
    var chosen: [Candidate] = []
    for candidate in sorted.reversed() {
      if surplus > 0, candidate.occurrences == least { surplus -= 1 } else { chosen.append(candidate) }
    }
    return chosen.reversed()
  }

  private func isBefore(_ first: Candidate, _ second: Candidate) -> Bool {
    if first.orderKey != second.orderKey { return first.orderKey < second.orderKey }
    return shards[first.shard].table.withTerm(first.number) { first in
      shards[second.shard].table.withTerm(second.number) { first.lexicographicallyPrecedes($0) }
    }
  }

  /// The `rank`-th largest of the numbers, counted from 1 and at most their count.
  /// - Complexity: O(n), and O(m log m) for the m numbers above 4096.
  static func atRank(_ rank: Int, of numbers: some Collection<UInt64>) -> UInt64 {
    var tally = [Int](repeating: 0, count: 4097)
    for number in numbers { tally[Int(min(number, 4096))] += 1 }
    if tally[4096] >= rank { return numbers.filter { $0 >= 4096 }.sorted(by: >)[rank - 1] }
    var larger = 0
    for number in tally.indices.reversed() {
      larger += tally[number]
      if larger >= rank { return UInt64(number) }
    }
    return 0
  }
}
