/// What the columns of an evaluation mean, for those who meet them for the first time.
enum EvaluationWords {
  private static let words = [
    (
      "NDCG@10",
      "What the first ten positions gain, each discounted by 1 / log2(position + 1), over what the best order would; 1 is best."
    ),
    ("95 %", "The middle 95 % of the mean when impressions are drawn again with replacement."),
    (
      "against best single",
      "NDCG@10 minus that of the best model that is no recipe, with its interval over the same draws: above 0 throughout, the "
        + "difference is no accident of these impressions."
    ),
    ("MRR", "Mean of 1 / position of the first tweet engaged with."),
    ("MAP@10", "Mean of the average precision of the first ten."),
    ("AUC", "Chance that a tweet engaged with scores above one that was not; ties count half."),
    ("recall@10", "Share of the tweets engaged with that stand in the first ten."),
    (
      "RCE %",
      "Relative cross entropy: by how many percent the log loss of the probabilities is below that of always saying the mean rate."
    ),
    (
      "ECE",
      "Expected calibration error: mean distance of said and observed rates over 15 bins of equal size; 0 is best."
    ),
    ("coverage", "Share of all tweets offered that reach a first ten."),
    ("novelty", "Mean surprise, in bits, of a tweet in a first ten: −log2 of its share of all earlier engagements."),
  ]

  /// A card of the page.
  static func html() -> String {
    let list = words.map { word, meaning in
      EvaluationMarkup.element("dt", [], EvaluationMarkup.text(word))
        + EvaluationMarkup.element("dd", [], EvaluationMarkup.text(meaning))
    }
    let content =
      EvaluationMarkup.element("h2", [], "What the columns mean")
      + EvaluationMarkup.element("dl", [("class", "words")], "\n" + list.joined(separator: "\n"))
    return EvaluationMarkup.element("section", [("class", "card")], content) + "\n"
  }
}
