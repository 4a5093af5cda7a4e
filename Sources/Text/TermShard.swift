import Kernels

/// The part of a collection's terms whose hashes begin alike: terms of different shards are never compared, so shards
/// are merged at the same time.
struct TermShard: Sendable {
  /// How many shards there are when several collectors are merged.
  static let count = 16

  /// The shard's terms.
  private(set) var table: TermTable
  /// Per term, over all collectors.
  private(set) var frequencies: [TermFrequency]
  /// For each collector: which of its terms are in this shard, ascending.
  private(set) var sources: [ArraySlice<UInt32>]
  /// For each collector: the numbers here of ``sources``.
  private(set) var numbers: [[UInt32]]
  /// Per term: its place in the vocabulary, or `UInt32.max`.
  var places: [UInt32]

  /// The shard of a term.
  @inline(__always)
  static func number(ofHash hash: UInt32) -> Int { Int(hash >> 28) }

  /// All terms of these collectors: one shard, whose numbers are the collector's, if only one has terms.
  /// - Complexity: O(bytes of all terms of all collectors) for more than one.
  static func merged(_ collectors: [TermCollector], _ parallel: Parallel) -> [TermShard] {
    let busy = collectors.filter { $0.table.count > 0 }
    if busy.count <= 1, let only = busy.first ?? collectors.first { return [TermShard(whole: only)] }
    let sorted = parallel.map(collectors.indices) { collectors[$0].numbersByShard() }
    return parallel.map(0..<count) { number in
      TermShard(collectors, sources: sorted.map { $0.numbers[$0.offsets[number]..<$0.offsets[number + 1]] })
    }
  }

  private init(whole collector: TermCollector) {
    table = collector.table
    frequencies = (0..<table.count).map { collector.tally.frequency(of: $0) }
    sources = []
    numbers = []
    places = [UInt32](repeating: .max, count: table.count)
  }

  private init(_ collectors: [TermCollector], sources: [ArraySlice<UInt32>]) {
    table = TermTable(expectedCount: sources.map(\.count).max() ?? 0)
    frequencies = []
    self.sources = sources
    numbers = []
    places = []
    for (collector, source) in zip(collectors, sources) { numbers.append(merge(collector, source)) }
    table.endLookups()
    places = [UInt32](repeating: .max, count: table.count)
  }

  private mutating func merge(_ collector: TermCollector, _ source: ArraySlice<UInt32>) -> [UInt32] {
    var merged = [UInt32](repeating: 0, count: source.count)
    merged.withUnsafeMutableBufferPointer { merged in
      var start = 0
      collector.table.forEachBatch(of: source) { terms in
        table.intern(terms, into: UnsafeMutableBufferPointer(rebasing: merged[start..<start + terms.count]))
        start += terms.count
      }
    }
    frequencies.append(contentsOf: repeatElement(TermFrequency(), count: table.count - frequencies.count))
    let tally = collector.tally
    frequencies.withUnsafeMutableBufferPointer { frequencies in
      for (number, own) in zip(source, merged) {
        let more = tally.frequency(of: Int(number))
        frequencies[Int(own)].occurrences += more.occurrences
        frequencies[Int(own)].documents += more.documents
      }
    }
    return merged
  }

  /// Per term of collector `number`, which has `count`: its place in the vocabulary, or `UInt32.max`.
  /// - Complexity: O(count).
  static func places(ofCollector number: Int, count: Int, _ shards: [TermShard]) -> [UInt32] {
    if shards.count == 1 { return shards[0].places }
    var places = [UInt32](repeating: .max, count: count)
    for shard in shards {
      for (source, merged) in zip(shard.sources[number], shard.numbers[number]) {
        places[Int(source)] = shard.places[Int(merged)]
      }
    }
    return places
  }
}
