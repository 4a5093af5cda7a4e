import Evaluation

/// What a log says of another policy, for people.
struct LogEvaluationView {
  private typealias Numbers = EvaluationNumbers

  let report: LogEvaluation.Report

  /// The table, then what to make of it, then what went in.
  func text() -> String {
    var table = TextTable([
      ("position", .left), ("lists", .right), ("as shown", .left), ("IPS", .left), ("SNIPS", .left), ("DR", .left),
      ("DR − as shown", .left), ("samples", .right), ("weight", .left), ("impossible", .right),
    ])
    for (place, line) in report.result.positions.enumerated() { table.add(cells("\(place + 1)", line)) }
    table.add(cells("all", report.result.total))
    return [table.render(), conclusion.joined(separator: "\n"), notes.joined(separator: "\n")].joined(separator: "\n\n")
  }

  private func cells(_ name: String, _ line: ListResult.Line) -> [String] {
    let support = line.support
    let start = [name, Numbers.count(support.rows), value(line.logged)]
    let end = [
      Numbers.number(support.effectiveSampleSize, places: 0),
      "\(Numbers.number(support.weight)) (\(Numbers.interval(support.weightLow, support.weightHigh)))",
      Numbers.number(100 * support.impossible, places: 1) + " %",
    ]
    guard let estimates = line.estimates else { return start + ["not enough support", "", "", ""] + end }
    let difference = estimates.doublyRobust.difference
    return start + [estimates.ips, estimates.snips, estimates.doublyRobust].map { value($0.reward) }
      + [Numbers.difference(difference.value, difference.low, difference.high, places: 4)] + end
  }

  private func value(_ interval: ListResult.Interval) -> String {
    "\(Numbers.number(interval.value, places: 4)) (\(Numbers.number(interval.low, places: 4)) … "
      + "\(Numbers.number(interval.high, places: 4)))"
  }

  /// One sentence, or why there is none.
  var conclusion: [String] {
    let support = report.result.total.support
    switch report.result.conclusion {
    case .more: return ["The target would earn more than what was shown."]
    case .less: return ["The target would earn less than what was shown."]
    case .undecided: return ["Nothing tells the target from what was shown: the interval of the difference holds 0."]
    case .notEnoughSupport: return ["Not enough support to conclude:"] + support.gaps.map { "- \(reason($0, support))" }
    }
  }

  private func reason(_ gap: ListSupport.Gap, _ support: ListSupport) -> String {
    switch gap {
    case .impossible:
      "at some position \(Numbers.number(100 * support.impossible, places: 1)) % of the target's probability is on "
        + "tweets that could not have been shown there: the logging policy was certain of another one"
    case .weights:
      "at some position importance weights are \(Numbers.number(support.weight)) on average instead of 1: the log lacks "
        + "part of what the target does"
    case .propensities:
      "at some position importance weights are above 1 on average: the propensities of the log cannot be right"
    case .samples:
      "at some position the log is worth \(Numbers.number(support.effectiveSampleSize, places: 1)) lists of the "
        + "target's own, fewer than \(Numbers.number(report.settings.leastSamples, places: 0))"
    }
  }

  private var notes: [String] {
    let (log, joined, settings) = (report.log, report.log.joined, report.settings)
    var notes = [
      "Rewards are per list, intervals 95 %. \(Numbers.count(report.result.lists)) of \(Numbers.count(joined.lists)) lists "
        + "count, \(Numbers.count(report.result.rows)) items, \(Numbers.count(joined.events)) events.",
      "Shown by "
        + log.policies.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        .map { "\(TextTable.oneLine($0.key, limit: 120)) (\(Numbers.count($0.value)))" }.joined(separator: ", ") + ".",
      "The target is \(report.target.policy)\(report.target.steps.isEmpty ? "" : ", \(report.target.steps)").",
      "An item earns \(settings.rewardRange[0]) to \(settings.rewardRange[1]); "
        + "\(Numbers.count(joined.heldRewards)) earned more or less and were held within.",
    ]
    if joined.withoutImpression > 0 {
      notes.append(
        "\(Numbers.count(joined.withoutImpression)) lists of which nobody reported to have seen an item are left out.")
    }
    if joined.withoutCandidates > 0 {
      notes.append("\(Numbers.count(joined.withoutCandidates)) lists whose candidates were not kept are left out.")
    }
    if joined.inconsistent > 0 {
      notes.append("\(Numbers.count(joined.inconsistent)) lists contradict themselves and are left out.")
    }
    if log.lost > 0 { notes.append("\(log.lost) entries of the log are lost to damage.") }
    if let clip = settings.clip {
      notes.append("\(Numbers.count(report.result.clippedRows)) weights count as \(clip).")
    }
    if joined.scored > 0 {
      let share = 100 * Double(joined.sameScores) / Double(joined.scored)
      notes.append(
        "The target scores \(Numbers.number(share, places: 1)) % of the items as they were scored when they were shown."
      )
    }
    return notes
  }
}
