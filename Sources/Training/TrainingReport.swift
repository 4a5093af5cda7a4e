/// What a training run read, made and took: the end of `apus train`, as a table or, encoded, as JSON.
public struct TrainingReport: Codable, Sendable, CustomStringConvertible {
  /// How long a stage took.
  public struct Stage: Codable, Sendable, Equatable {
    /// What was done.
    public var name: String
    /// Elapsed seconds.
    public var seconds: Double
  }

  /// How one PageRank run ended.
  public struct Convergence: Codable, Sendable, Equatable {
    /// Nodes of the graph.
    public var nodes = 0
    /// Edges, those without positive weight left out.
    public var edges = 0
    /// Passes over the edges; 0 where the ranks have a closed form.
    public var iterations = 0
    /// Bound of the ranks' L1 distance to the exact ones.
    public var error = 0.0
  }

  /// The lists of nearest users or tweets.
  public struct Neighbours: Codable, Sendable, Equatable {
    /// Users or tweets that have a neighbour.
    public var lists = 0
    /// Neighbours of all of them together.
    public var entries = 0
    /// Pairs left out because their similarity is undefined: all-zero common ratings, for example.
    public var undefinedPairs = 0
  }

  /// One per input file, in the order of reading.
  public var files: [FileReport] = []
  /// Accounts seen in any file.
  public var users = 0
  /// Tweets listed or engaged with.
  public var tweets = 0
  /// Rows of the engagement log.
  public var engagements = 0
  /// Those of them whose tweet `tweets.csv` lacks; they are kept, without text.
  public var engagementsWithUnlistedTweet = 0
  /// How many such tweets there are.
  public var unlistedTweets = 0
  /// Terms in the vocabulary.
  public var terms = 0
  /// Non-zero weights in the tweets' vectors.
  public var tweetVectorEntries = 0
  /// Non-zero weights in the users' profiles.
  public var userProfileEntries = 0
  /// Users and tweets with trained factors.
  public var usersWithFactors = 0
  /// Tweets with trained factors.
  public var tweetsWithFactors = 0
  /// Root mean squared training error of each epoch, each engagement's error taken before its update.
  public var epochErrors: [Double] = []
  /// Nearest users; nil where the recipe has none.
  public var userNeighbours: Neighbours?
  /// Nearest tweets; likewise.
  public var tweetNeighbours: Neighbours?
  /// Ratings of tweets kept with the users.
  public var ratingsKept = 0
  /// Lists that the blend was learned from: engagements as they came.
  public var temporalLists = 0
  /// Lists that it was learned from: engagements in hindsight.
  public var retrospectiveLists = 0
  /// The file of embeddings; nil where none was given.
  public var embeddings: EmbeddingReport?
  /// Engagement types that can be weighted at serve time; nil where there are none.
  public var types: Types?
  /// Signals that have no weight, with the reason.
  public var switchedOff: [String] = []
  /// PageRank over the engagement graph.
  public var engagementGraph = Convergence()
  /// PageRank over the user graph.
  public var userGraph = Convergence()
  /// In the order they were run.
  public var stages: [Stage] = []

  init() {}

  /// A table for people.
  public var description: String {
    var lines: [(String, String)] = files.map { ($0.file, $0.description) }
    for fault in files.flatMap(\.firstFaults) { lines.append(("  skipped", fault)) }
    lines.append(("engagements", ReportText.count(engagements)))
    if engagementsWithUnlistedTweet > 0 {
      let tweets = ReportText.count(unlistedTweets)
      lines.append(
        ("  without text", "\(ReportText.count(engagementsWithUnlistedTweet)) with \(tweets) tweets not in tweets.csv"))
    }
    lines.append(("users", "\(ReportText.count(users)), \(ReportText.count(usersWithFactors)) with factors"))
    lines.append(("tweets", "\(ReportText.count(tweets)), \(ReportText.count(tweetsWithFactors)) with factors"))
    lines.append(("terms", ReportText.count(terms)))
    lines.append(
      ("weights", "\(ReportText.count(tweetVectorEntries)) in tweets, \(ReportText.count(userProfileEntries)) in users")
    )
    if let first = epochErrors.first, let last = epochErrors.last {
      let (from, to) = (ReportText.decimal(first, places: 4), ReportText.decimal(last, places: 4))
      lines.append(("factor error", "\(from) → \(to) in \(epochErrors.count) epochs (RMSE)"))
    }
    for (label, neighbours) in [("user neighbours", userNeighbours), ("tweet neighbours", tweetNeighbours)] {
      if let neighbours { lines.append((label, Self.shown(neighbours))) }
    }
    if temporalLists + retrospectiveLists > 0 {
      let (came, hindsight) = (ReportText.count(temporalLists), ReportText.count(retrospectiveLists))
      lines.append(("lists learned from", "\(came) as they came, \(hindsight) in hindsight"))
    }
    if let embeddings { lines.append(("embeddings", embeddings.description)) }
    if let types { lines.append(("engagement types", types.description)) }
    if !switchedOff.isEmpty { lines.append(("switched off", switchedOff.joined(separator: ", "))) }
    lines.append(("engagement graph", Self.shown(engagementGraph)))
    lines.append(("user graph", Self.shown(userGraph)))
    for stage in stages { lines.append((stage.name, "\(ReportText.decimal(stage.seconds, places: 2)) s")) }
    lines.append(("in all", "\(ReportText.decimal(stages.reduce(0) { $0 + $1.seconds }, places: 2)) s"))
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { label, value in
      label + String(repeating: " ", count: width - label.count + 2) + value
    }.joined(separator: "\n")
  }

  private static func shown(_ neighbours: Neighbours) -> String {
    let sizes = "\(ReportText.count(neighbours.entries)) in \(ReportText.count(neighbours.lists)) lists"
    return neighbours.undefinedPairs == 0
      ? sizes : "\(sizes), \(ReportText.count(neighbours.undefinedPairs)) pairs without a similarity"
  }

  private static func shown(_ graph: Convergence) -> String {
    let size = "\(ReportText.count(graph.nodes)) nodes, \(ReportText.count(graph.edges)) edges"
    if graph.edges == 0 { return "\(size): even ranks" }
    if graph.iterations == 0 { return "\(size), closed form" }
    if graph.error == 0 { return "\(size), \(graph.iterations) iterations, exact but for rounding" }
    return "\(size), \(graph.iterations) iterations, L1 error under \(ReportText.scientific(graph.error))"
  }
}
