import Evaluation
import Foundation

/// An evaluation as one page of HTML that needs nothing else: pictures are inline SVG, there are no scripts and nothing
/// is fetched.
struct EvaluationPage {
  private typealias Markup = EvaluationMarkup
  private typealias Numbers = EvaluationNumbers

  private let result: EvaluationResult
  private let tables: EvaluationTables
  private let options: [(name: String, value: String)]
  private let producer: String

  /// - Parameters:
  ///   - options: what was asked for, in order.
  ///   - producer: program and version.
  init(_ result: EvaluationResult, options: [(name: String, value: String)], producer: String) {
    self.result = result
    tables = EvaluationTables(result: result)
    self.options = options
    self.producer = producer
  }

  /// The whole document.
  func html() -> String {
    let head =
      "<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      + Markup.element("title", [], "Evaluation of rankings") + "\n"
      + Markup.element("style", [], "\n" + EvaluationPageStyle.sheet + "\n")
    let parts = [
      header(), tiles(), gains(), reliability(), ablation(), ages(), slices(), madeSlices(), metrics(), facts(),
      EvaluationWords.html(),
      Markup.element("footer", [], "Made by \(Markup.text(producer)).") + "\n",
    ]
    let body = Markup.element("main", [], "\n" + parts.joined())
    return "<!DOCTYPE html>\n"
      + Markup.element("html", [("lang", "en")], "\n<head>\n\(head)\n</head>\n<body>\n\(body)\n</body>\n")
      + "\n"
  }

  private func header() -> String {
    let span =
      result.firstTime == nil
      ? "without times" : "from \(Numbers.time(result.firstTime)) to \(Numbers.time(result.lastTime))"
    let lead =
      "\(Numbers.count(result.impressions)) impressions \(span), each ranked as of its moment by what had happened "
      + "before it."
    return Markup.element(
      "header", [],
      Markup.element("h1", [], "How good are the orders?") + Markup.element("p", [("class", "lead")], Markup.text(lead))
    )
      + "\n"
  }

  private func tiles() -> String {
    let best = tables.ranked.first { $0.line.kind == .signal }?.name
    let shown = ["ranker", best, "classic", "random"].compactMap { $0 }
    let tiles = shown.compactMap { name -> String? in
      guard let line = result.models[name] else { return nil }
      let kind = line.kind == .signal ? "best single signal: \(name)" : name
      let content =
        Markup.element("span", [], Markup.text(kind)) + Markup.element("b", [], Numbers.number(line.ndcg))
        + Markup.element("span", [], "NDCG@10, \(Numbers.interval(line.ndcgLow, line.ndcgHigh))")
      return Markup.element("div", [("class", "tile \(name == "ranker" ? "ranker" : "")")], content)
    }
    return Markup.element("div", [("class", "tiles")], tiles.joined()) + "\n"
  }

  private func card(_ title: String, _ lead: String, _ content: String) -> String {
    let lead = lead.isEmpty ? "" : Markup.element("p", [], Markup.text(lead))
    return Markup.element(
      "section", [("class", "card")], Markup.element("h2", [], Markup.text(title)) + lead + "\n" + content) + "\n"
  }

  private func gains() -> String {
    let (first, rest) = EvaluationGainPlot.split(tables.ranked)
    let chance = result.models["random"]?.ndcg
    let kinds = [("recipe", "recipes"), ("signal", "single signals"), ("baseline", "baselines")]
    let legend = kinds.map { kind, name in
      Markup.element("span", [], Markup.element("i", [("class", kind)], "") + name)
    }
    var content = Markup.element("div", [("class", "legend")], legend.joined()) + "\n"
    content += EvaluationGainPlot(first, chance: chance).svg()
    if !rest.isEmpty {
      let summary = Markup.element("summary", [], "The other \(rest.count) signals")
      content += Markup.element("details", [], summary + EvaluationGainPlot(rest, chance: chance).svg()) + "\n"
    }
    return card(
      "NDCG@10 by model",
      "How near the first ten come to the best order, with the 95 % intervals of the bootstrap over impressions. A single "
        + "signal counts in the direction that ranks better here.", content)
  }

  private func reliability() -> String {
    guard !result.reliability.isEmpty else { return "" }
    return card(
      "Are the probabilities right?",
      "Of the candidates that the ranker gives about the same probability, the share that was engaged with; on the dashed "
        + "line the two agree. Lines are 95 % intervals, hollow points are bins in which nobody or everybody engaged.",
      EvaluationReliabilityPlot(result.reliability).svg())
  }

  private func ablation() -> String {
    guard !result.ablation.isEmpty else { return "" }
    return card(
      "What does each group of signals add?",
      "The blend learned again without the group, from the same lists. Other signals stand in for what is left out, so the "
        + "losses do not add up to the whole.",
      EvaluationAblationPlot(result.ablation).svg() + Markup.table(tables.ablation()))
  }

  private func ages() -> String {
    guard !result.ages.isEmpty else { return "" }
    return card(
      "Score against age",
      "The ranker's mean score, in log odds, of candidates of an age at the moment of the impression. What was "
        + "engaged with among them compares with the mean probability, in which a few likely tweets weigh more than in the "
        + "mean score. The numbers of candidates stand below.", EvaluationAgePlot(result.ages).svg())
  }

  private func slices() -> String {
    let table = tables.slices()
    if table.rows.isEmpty { return "" }
    return card("Parts of the impressions", "By what had happened before the impression.", Markup.table(table))
  }

  private func madeSlices() -> String {
    let table = tables.madeSlices()
    if table.rows.isEmpty { return "" }
    return card(
      "Made harder on purpose",
      "NDCG@10 of the ranker where it is kept from seeing something: all but the texts of the candidates; who wrote them; all "
        + "that one user in five did after three engagements.", Markup.table(table))
  }

  private func metrics() -> String {
    card(
      "All metrics", "",
      Markup.table(tables.models()) { row in row.first.flatMap { result.models[$0] }?.kind.rawValue })
  }

  private func facts() -> String {
    var facts = options
    if let data = result.data {
      facts += [
        ("engagements", "\(Numbers.count(data.engagements)), \(Numbers.count(data.engagementsBefore)) learned from"),
        ("tweets", Numbers.count(data.tweets)), ("users", Numbers.count(data.users)),
        ("edges of users", Numbers.count(data.edges)), ("newest row", Numbers.time(data.newest)),
        ("fingerprint", data.fingerprint),
      ]
      if data.skippedRows > 0 { facts.append(("rows skipped", Numbers.count(data.skippedRows))) }
    }
    let end = result.model.map { Numbers.time($0.asOf) }
    let before = result.firstTime.map { "before \(Numbers.time($0))" } ?? "the end"
    facts.append(("learned until", end ?? before))
    if let model = result.model { facts.append(("model version", model.version)) }
    let list = facts.map {
      Markup.element("dt", [], Markup.text($0.name)) + Markup.element("dd", [], Markup.text($0.value))
    }
    let notes = tables.notes().map { Markup.element("li", [], Markup.text($0)) }
    return card(
      "Data and options", "",
      Markup.element("dl", [("class", "facts")], list.joined(separator: "\n"))
        + Markup.element("ul", [], notes.joined()))
  }
}
