import Kernels

extension MomentSignals {
  /// What the author is to everybody and to the user.
  static func authors(_ call: Call) {
    let (columns, scratch, history, tastes) = (call.columns, call.scratch, call.world.history, call.world.tastes)
    let made = call.person?.made ?? 0
    let pairs = call.user == ModelSchema.noRow ? [] : history.pairs[Int(call.user)]
    foldInReader(call)
    let reader = scratch.readerFactors
    for i in call.candidates.indices {
      let author = call.candidates[i].author
      let place = Int(scratch.authors[i])
      let pair = place >= 0 && scratch.pairs[place] >= 0 ? pairs[Int(scratch.pairs[place])] : PairHistory(other: author)
      describe(pair, made, call, i)
      let fit = place >= 0 && scratch.fits[place] >= 0 ? tastes.fits[Int(scratch.fits[place])] : .init()
      columns[.authorReaders][i] = fit.readers
      columns[.authorCompanions][i] = 10 * fit.companions
      columns[.authorOverlap][i] = fit.overlap
      columns[.authorWalk][i] = Logarithm.natural(fit.walk + 0.01)
      guard author != ModelSchema.noRow else {
        for signal in unknownAuthor { columns[signal][i] = .nan }
        columns[.ownTweet][i] = 0
        continue
      }
      columns[.ownTweet][i] = author == call.user ? 1 : 0
      columns[.authorPrior][i] = tastes.authorRanks[Int(author)]
      columns[.authorFactors][i] = dot(reader, tastes.authorFactors, row: Int(author))
      describeAuthor(history.people[Int(author)], pair, call, i)
    }
  }

  /// What the author is to everybody.
  static func authorPriors(_ call: Call) {
    let (columns, history, tastes) = (call.columns, call.world.history, call.world.tastes)
    for i in call.candidates.indices {
      let author = call.candidates[i].author
      guard author != ModelSchema.noRow else {
        for signal in unknownAuthor { columns[signal][i] = .nan }
        continue
      }
      columns[.authorPrior][i] = tastes.authorRanks[Int(author)]
      describeAuthor(history.people[Int(author)], PairHistory(other: author), call, i)
    }
  }

  private static let unknownAuthor: [Signal] = [
    .authorPrior, .authorFactors, .authorCount, .authorDay, .authorMonth, .authorRate, .affinityRate,
  ]

  @inline(__always)
  private static func describe(_ pair: PairHistory, _ made: Float, _ call: Call, _ i: Int) {
    let columns = call.columns
    let passed = call.time &- pair.last
    columns[.affinityCount][i] = pair.count
    columns[.affinityHour][i] = DecayedCount.left(of: pair.hour, after: passed, halfLife: HalfLife.hour)
    columns[.affinityDay][i] = DecayedCount.left(of: pair.day, after: passed, halfLife: HalfLife.day)
    columns[.affinityMonth][i] = DecayedCount.left(of: pair.month, after: passed, halfLife: HalfLife.month)
    columns[.affinityShare][i] = pair.count / (made + 5)
    columns[.affinityRecency][i] = pair.last == 0 ? .nan : Float(max(0, passed)) * (1 / 3600)
    let edgePassed = call.time &- pair.edgeLast
    columns[.edges][i] = DecayedCount.left(
      of: pair.edgesMonth, after: edgePassed, halfLife: HalfLife.month)
    columns[.edgesCount][i] = pair.edges
    columns[.reverseEdges][i] = DecayedCount.left(
      of: pair.reverseMonth, after: edgePassed, halfLife: HalfLife.month)
    columns[.reverseCount][i] = pair.reverse
    columns[.mutual][i] = pair.edges > 0 && pair.reverse > 0 ? 1 : 0
  }

  @inline(__always)
  private static func describeAuthor(_ author: PersonHistory, _ pair: PairHistory, _ call: Call, _ i: Int) {
    let columns = call.columns
    let passed = call.time &- author.receivedLast
    columns[.authorCount][i] = author.received
    columns[.authorDay][i] = DecayedCount.left(
      of: author.receivedDay, after: passed, halfLife: HalfLife.day)
    columns[.authorMonth][i] = DecayedCount.left(
      of: author.receivedMonth, after: passed, halfLife: HalfLife.month)
    columns[.authorRate][i] = Logarithm.natural((author.received + 1) / (author.written + 10))
    columns[.affinityRate][i] = Logarithm.natural((pair.count + 0.02) / (author.written + 2))
  }

  /// Who is mentioned, answered or quoted.
  static func mentions(_ call: Call) {
    let (columns, scratch, history) = (call.columns, call.scratch, call.world.history)
    let pairs = call.user == ModelSchema.noRow ? [] : history.pairs[Int(call.user)]
    func pair(_ other: UInt32) -> PairHistory? {
      let place = scratch.people.find(other)
      return place >= 0 && scratch.pairs[place] >= 0 ? pairs[Int(scratch.pairs[place])] : nil
    }
    for i in call.candidates.indices {
      let candidate = call.candidates[i]
      var (isMeant, affinity, edges): (Float, Float, Float) = (0, 0, 0)
      for mention in candidate.mentions.prefix(MomentScratch.mentionsRead) {
        if mention == call.user { isMeant = 1 }
        guard let pair = pair(mention) else { continue }
        affinity = max(affinity, pair.count)
        edges = max(edges, pair.edges)
      }
      columns[.mentionsUser][i] = isMeant
      columns[.mentionAffinity][i] = affinity
      columns[.mentionEdges][i] = edges
      let parentAuthor = candidate.parentAuthor
      columns[.isReply][i] = candidate.parent == ModelSchema.noRow ? 0 : 1
      columns[.repliesToUser][i] = parentAuthor != ModelSchema.noRow && parentAuthor == call.user ? 1 : 0
      columns[.replyAffinity][i] = parentAuthor == ModelSchema.noRow ? 0 : pair(parentAuthor)?.count ?? 0
      columns[.replySeen][i] =
        candidate.parent != ModelSchema.noRow && call.user != ModelSchema.noRow
          && history.engagers[Int(candidate.parent)].contains(call.user) ? 1 : 0
    }
  }

  /// The user's factors as a reader of authors; those of a user without any are folded in from the authors met since:
  /// (YᵀY + λI)⁻¹ Σ c · y (Hu, Koren and Volinsky 2008, with the confidence of unseen pairs).
  private static func foldInReader(_ call: Call) {
    let (scratch, tastes) = (call.scratch, call.world.tastes)
    let width = tastes.factors
    scratch.readerFactors.removeAll(keepingCapacity: true)
    guard call.user != ModelSchema.noRow, width > 0 else { return }
    let own = tastes.readerFactors[Int(call.user) * width..<(Int(call.user) + 1) * width]
    if own.contains(where: { $0 != 0 }) {
      scratch.readerFactors.append(contentsOf: own)
      return
    }
    var sum = [Float](repeating: 0, count: width)
    for pair in call.world.history.pairs[Int(call.user)] where pair.count > 0 {
      let confidence = 1 + tastes.alpha * Logarithm.ofOnePlus(pair.count)
      for k in 0..<width { sum[k] += confidence * tastes.authorFactors[Int(pair.other) * width + k] }
    }
    multiply(tastes.readerFold, by: sum[...], into: &scratch.readerFactors)
  }

  /// Appends the product of a square matrix, row-major, and a vector.
  static func multiply(_ matrix: [Float], by vector: ArraySlice<Float>, into product: inout [Float]) {
    let width = vector.count
    for k in 0..<width {
      var value: Float = 0
      for (j, element) in vector.enumerated() { value += matrix[k * width + j] * element }
      product.append(value)
    }
  }

  /// Product of a vector and a row of a table as wide; 0 without factors.
  @inline(__always)
  static func dot(_ vector: [Float], _ table: [Float], row: Int) -> Float { dot(vector[...], table, row: row) }

  static func dot(_ vector: ArraySlice<Float>, _ table: [Float], row: Int) -> Float {
    let width = vector.count
    guard width > 0, (row + 1) * width <= table.count else { return 0 }
    return vector.withUnsafeBufferPointer { vector in
      table.withUnsafeBufferPointer { table in
        guard let vector = vector.baseAddress, let table = table.baseAddress else { return 0 }
        return Dense.dot(vector, table + row * width, count: width)
      }
    }
  }
}
