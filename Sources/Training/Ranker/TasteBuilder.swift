import Glibc
import Kernels
import Ranking

/// Learns ``TasteTables`` from a stretch of the log and of the graph.
struct TasteBuilder {
  /// Nearest accounts kept.
  static let nearKept = 256
  /// Authors kept of each account.
  static let fitsKept = 1024
  /// Readers of an author, or engagers of a tweet, that are compared with each other; more say little and cost their
  /// square.
  static let crowd = 2_000
  /// Length of the factor vectors, and how they are learned.
  static let factors = 32
  static let alpha = 8.0
  static let regularization = 1.0
  static let rounds = 15

  let data: TrainingData
  let facts: TweetFacts
  /// Number of hashtags.
  let tags: Int
  let seed: UInt64
  let parallel: Parallel

  /// Number of accounts.
  private var people: Int { data.users.count }

  /// - Parameters:
  ///   - engagements: rows of the log.
  ///   - edges: rows of the graph.
  func build(
    engagements: [Int], edges: [Int]
  ) throws(TrainingError) -> TasteTables {
    var tables = TasteTables(people: people, tags: tags)
    let users = engagements.map { data.log.users[$0] }
    let tweets = engagements.map { data.log.tweets[$0] }
    let withAuthor = engagements.indices.filter { data.tweetAuthors[Int(tweets[$0])] != ModelSchema.noRow }
    let readers = withAuthor.map { users[$0] }
    let authors = withAuthor.map { data.tweetAuthors[Int(tweets[$0])] }
    let byAuthor = CountedRows(rowCount: people, rows: readers, columns: authors)
    let byTweet = CountedRows(rowCount: people, rows: users, columns: tweets)
    let graph = self.graph(byAuthor, edges)

    let authorTable = byAuthor.logarithmic
    tables.readers = alikeByAuthor(authorTable, columnCount: people)
    tables.companions = alikeByTweet(byTweet, columnCount: data.tweets.count)
    try addFactors(&tables, byAuthor: authorTable, byTweet: byTweet, users, tweets)
    tables.authorRanks = try ranks(graph)
    addFits(&tables, authorTable, graph)
    return tables
  }

  /// Engagements and edges, and a third of both backwards: attention that was not returned still says something.
  private func graph(_ byAuthor: CountedRows, _ edges: [Int]) -> SparseRows<Float> {
    var sources: [UInt32] = []
    var destinations: [UInt32] = []
    var weights: [Float] = []
    func add(_ source: UInt32, _ destination: UInt32, _ weight: Float) {
      guard weight > 0, source != destination else { return }
      sources += [source, destination]
      destinations += [destination, source]
      weights += [weight, 0.3 * weight]
    }
    for row in 0..<people {
      for entry in byAuthor.rows.entries(ofRow: row) {
        add(UInt32(row), byAuthor.rows.columns[entry], log1pf(byAuthor.rows.values[entry]))
      }
    }
    for edge in edges { add(data.graph.sources[edge], data.graph.destinations[edge], Float(data.graph.weights[edge])) }
    return CountedRows(rowCount: people, rows: sources, columns: destinations, values: weights).rows
  }

  private func ranks(_ graph: SparseRows<Float>) throws(TrainingError) -> [Float] {
    do throws(GraphError) {
      let directed = try DirectedGraph(
        nodeCount: people, sources: graph.rowOfEachEntry, destinations: graph.columns,
        weights: graph.values.map(Double.init),
        parallel: parallel)
      let ranks = try PageRank(rule: .error(below: 1e-8), parallel: parallel).rank(directed).ranks
      return ranks.map { Float(log($0 * Double(people))) }
    } catch { throw .graph(file: "user_graph.csv", user: nil, error) }
  }

  /// Cosine of what accounts read, authors weighted by ln(1 + all / readers).
  private func alikeByAuthor(_ byAuthor: SparseRows<Float>, columnCount: Int) -> SparseRows<Float> {
    var degree = [Float](repeating: 0, count: columnCount)
    for column in byAuthor.columns { degree[Int(column)] += 1 }
    var weighted = byAuthor
    for entry in weighted.columns.indices {
      weighted.values[entry] *= log1pf(Float(byAuthor.entryCount) / max(1, degree[Int(weighted.columns[entry])]))
    }
    for row in 0..<weighted.rowCount {
      let entries = weighted.entries(ofRow: row)
      let norm = entries.reduce(Float(0)) { $0 + weighted.values[$1] * weighted.values[$1] }.squareRoot()
      for entry in entries where norm > 0 { weighted.values[entry] /= norm }
    }
    return RowProducts(weighted, columnCount: columnCount, crowd: Self.crowd, limit: Self.nearKept, parallel: parallel)
      .rows { _, _, sum in sum }
  }

  /// Tweets in common over √(engagements of both) + 5: few in common say little.
  private func alikeByTweet(_ byTweet: CountedRows, columnCount: Int) -> SparseRows<Float> {
    var ones = byTweet.rows
    ones.values = .init(repeating: 1, count: ones.entryCount)
    let counts = (0..<people).map { Float(byTweet.rows.entries(ofRow: $0).count) }
    return RowProducts(ones, columnCount: columnCount, crowd: Self.crowd, limit: Self.nearKept, parallel: parallel)
      .rows { a, b, sum in sum / ((counts[a] * counts[b]).squareRoot() + 5) }
  }

  private func addFactors(
    _ tables: inout TasteTables, byAuthor: SparseRows<Float>, byTweet: CountedRows, _ users: [UInt32],
    _ tweets: [UInt32]
  ) throws(TrainingError) {
    tables.factors = Self.factors
    tables.alpha = Float(Self.alpha)
    var ones = byTweet.rows
    ones.values = .init(repeating: 1, count: ones.entryCount)
    var tagUsers: [UInt32] = []
    var tagRows: [UInt32] = []
    for index in users.indices {
      for tag in facts.tags[tweets[index]] {
        tagUsers.append(users[index])
        tagRows.append(tag)
      }
    }
    let byTag = CountedRows(rowCount: people, rows: tagUsers, columns: tagRows).logarithmic
    let fitter = FactorFitter(
      factors: Self.factors, alpha: Self.alpha, regularization: Self.regularization, rounds: Self.rounds, seed: seed,
      parallel: parallel)
    let author = try fitter.fit(byAuthor, columnCount: people)
    let tweet = try fitter.fit(ones, columnCount: data.tweets.count)
    let tag = try fitter.fit(byTag, columnCount: tags)
    tables.readerFactors = author.rows
    tables.authorFactors = author.columns
    tables.readerFold = try fitter.fold(author.columns)
    tables.engagerFactors = tweet.rows
    tables.engagerFold = try fitter.fold(tweet.rows)
    tables.tagReaderFactors = tag.rows
    tables.tagFactors = tag.columns
  }

  /// Which authors fit each account that has engaged with any.
  private func addFits(_ tables: inout TasteTables, _ byAuthor: SparseRows<Float>, _ graph: SparseRows<Float>) {
    let overlap = authorOverlap(byAuthor)
    let active = (0..<people).filter { !byAuthor.entries(ofRow: $0).isEmpty }
    let chunkSize = 32
    let chunks = Parallel.chunkCount(of: active.count, size: chunkSize)
    var parts = [[[AuthorFits.Entry]]](repeating: [], count: chunks)
    let (readers, companions) = (tables.readers, tables.companions)
    let people = self.people
    parts.withUnsafeMutableBufferPointer { parts in
      parallel.forEachChunk(of: active.count, size: chunkSize) { chunk, range in
        var fits = AuthorFits(people: people)
        var walk = ForwardPush(graph)
        for number in range {
          let user = active[number]
          fits.add(byAuthor, of: readers, row: user, to: .readers)
          fits.add(byAuthor, of: companions, row: user, to: .companions)
          fits.add(overlap, of: byAuthor, row: user, to: .overlap)
          walk.run(from: UInt32(user)) { fits.add($0, Float($1 * Double(people)), to: .walk) }
          parts[chunk].append(fits.drain(limit: Self.fitsKept))
        }
      }
    }
    var rows = [[AuthorFits.Entry]](repeating: [], count: people)
    for (number, entries) in parts.joined().enumerated() { rows[active[number]] = entries }
    tables.fitOffsets = [0]
    for row in rows {
      for entry in row {
        tables.fitAuthors.append(entry.author)
        tables.fits.append(entry.fit)
      }
      tables.fitOffsets.append(UInt64(tables.fitAuthors.count))
    }
  }

  /// Readers in common of two authors, over √(readers of both) + 3.
  private func authorOverlap(_ byAuthor: SparseRows<Float>) -> SparseRows<Float> {
    var ones = byAuthor
    ones.values = .init(repeating: 1, count: ones.entryCount)
    let byReader = ones.transposed(columnCount: people)
    let counts = (0..<people).map { Float(byReader.entries(ofRow: $0).count) }
    return RowProducts(byReader, columnCount: people, crowd: Self.crowd, limit: Self.nearKept, parallel: parallel)
      .rows { a, b, sum in sum / ((counts[a] * counts[b]).squareRoot() + 3) }
  }
}
