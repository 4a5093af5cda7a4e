import Glibc
import Kernels
import Ranking

/// Learns ``EngagementTypes`` by multinomial logistic regression with a squared penalty on the slopes.
struct TypeLearner {
  /// A type with fewer examples counts as ``EngagementTypeNames/other``.
  static let leastExamples = 30
  /// Weight of half the squared slopes.
  static let penalty = 20.0
  /// One over the part of the examples, the newest, by which the slopes are judged before they are believed.
  static let heldOut = 5

  /// What came of it.
  struct Result {
    var types = EngagementTypes.none
    /// Mean cross entropy of the newest examples, in nats, by the shares of the types and by the signals.
    var entropy: (shares: Double, signals: Double) = (0, 0)
    /// Examples of each type.
    var counts: [Int] = []
  }

  let blend: MomentBlend
  let parallel: Parallel

  /// `names` are those of the numbers in `examples`; `worth` [names] is the sum of a type's scores in the log.
  func learn(_ examples: TypeExamples, names: [String], worth: [Double]) -> Result {
    let classes = TypeClasses(examples, names: names, worth: worth, least: Self.leastExamples)
    guard classes.names.count > 1, classes.rejections.contains(false) else { return Result() }
    let rows = (0..<examples.count).filter { classes.numbers[$0] >= 0 }
    let logit = TypeLogit(
      examples, rows: rows, classes: classes, blend: blend, penalty: Self.penalty, parallel: parallel)
    let cut = rows.count - rows.count / Self.heldOut
    let trial = logit.fit(0..<cut)
    let shares = TypeLogit.Weights(shares: classes.counts(rows[..<cut]), width: examples.width)
    var result = Result()
    result.entropy = (logit.entropy(shares, cut..<rows.count), logit.entropy(trial, cut..<rows.count))
    result.counts = classes.counts(rows[...])
    // What does not tell later types from each other better than their shares is not to be believed.
    let weights =
      result.entropy.signals < result.entropy.shares
      ? logit.fit(0..<rows.count) : TypeLogit.Weights(shares: result.counts, width: examples.width)
    result.types = EngagementTypes(
      names: classes.names, rejections: classes.rejections, offsets: weights.offsets.map { Float($0) },
      slopes: weights.slopes.map { Float($0) })
    return result
  }
}

/// The types that have enough examples, by name, and the number of each example among them.
struct TypeClasses {
  /// Ascending.
  let names: [String]
  let rejections: [Bool]
  /// [examples]; -1: of a type that is too rare even with all others that are.
  let numbers: [Int]

  init(_ examples: TypeExamples, names: [String], worth: [Double], least: Int) {
    var counts = [Int](repeating: 0, count: names.count)
    for type in examples.types { counts[Int(type)] += 1 }
    let frequent = names.indices.filter { counts[$0] >= least && !names[$0].isEmpty }
    let kept = Set(
      frequent.sorted { counts[$0] == counts[$1] ? names[$0] < names[$1] : counts[$0] > counts[$1] }
        .prefix(EngagementTypes.limit - 1))
    let label = names.indices.map { kept.contains($0) ? names[$0] : EngagementTypeNames.other }
    var totals: [String: (count: Int, worth: Double)] = [:]
    for type in names.indices {
      let total = totals[label[type]] ?? (0, 0)
      totals[label[type]] = (total.count + counts[type], total.worth + worth[type])
    }
    let chosen = totals.filter { $0.value.count >= least }.keys.sorted()
    self.names = chosen
    rejections = chosen.map { (totals[$0]?.worth ?? 0) <= 0 }
    let places = label.map { chosen.firstIndex(of: $0) ?? -1 }
    numbers = examples.types.map { places[Int($0)] }
  }

  /// Examples of each type among these.
  func counts(_ rows: ArraySlice<Int>) -> [Int] {
    var counts = [Int](repeating: 0, count: names.count)
    for row in rows where numbers[row] >= 0 { counts[numbers[row]] += 1 }
    return counts
  }
}
