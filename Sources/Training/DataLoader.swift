import Artifact
import Ranking

/// Reads the data folder into ``TrainingData``.
///
/// Keys get provisional rows in order of appearance; once all files are read, rows are renumbered by ascending id.
struct DataLoader {
  /// Engagements and edges at most: they are counted in 32 bits later on.
  private static let rowLimit = Int(Int32.max)

  private let options: TrainingOptions
  private let progress: TrainingProgress
  private let fingerprint = Fingerprint()
  private var users = EntityInterner(kind: "user")
  private var tweets = EntityInterner(kind: "tweet")
  private var data = TrainingData()
  private var listed = ListedTweets()
  private(set) var reports: [FileReport] = []

  init(options: TrainingOptions, progress: TrainingProgress) {
    self.options = options
    self.progress = progress
  }

  /// Reads all files.
  ///
  /// - Complexity: O(input bytes) time; space for the ids, the engagements, the edges and the texts.
  mutating func load() throws(TrainingError) -> TrainingData {
    try readEngagements()
    try readTweets()
    try readUsers()
    try readGraph()
    renumber()
    if let path = options.embeddings {
      progress.update(stage: "embeddings", completed: 0, total: 0)
      let file = try EmbeddingFile.read(path: path, tweets: data.tweets)
      data.embeddings = file
      Array(file.report.version.utf8).withUnsafeBytes { fingerprint.update($0) }
      progress.finish(stage: "embeddings", detail: file.report.description)
    }
    if let path = options.impressions {
      let list = try ImpressionList.read(
        path: path, skipsBadRows: options.skipsBadRows, fingerprint: fingerprint, progress: progress)
      reports.append(list.report)
      data.impressions = list
    }
    data.fingerprint = fingerprint.hexadecimal
    return data
  }

  private func file(_ name: String, isRequired: Bool, _ columns: [CSVColumn]) -> CSVFile {
    CSVFile(
      folder: options.dataFolder, name: name, columns: columns, isRequired: isRequired,
      skipsBadRows: options.skipsBadRows)
  }

  private mutating func keep(_ report: FileReport, needsRows: Bool) throws(TrainingError) {
    reports.append(report)
    if needsRows, report.rowsRead == 0 { throw .noRows(file: report.file) }
  }

  private mutating func readEngagements() throws(TrainingError) {
    let columns: [CSVColumn] = [
      .required("user_id"), .required("tweet_id"), .required("engagement_score"), .optional("timestamp"),
      .optional("engagement_type"),
    ]
    var types = EngagementTypeNames()
    let file = file("user_engagements.csv", isRequired: true, columns)
    let report = try file.forEachRow(fingerprint: fingerprint, progress: progress) { (row) throws(TrainingError) in
      let (user, tweet) = (try row.key(0), try row.key(1))
      let (score, time) = (try row.number(2), try row.time(3) ?? 0)
      if data.log.count >= Self.rowLimit { throw .tooManyEntities(kind: "engagement", limit: Self.rowLimit) }
      let (userRow, tweetRow) = (try users.row(of: user), try tweets.row(of: tweet))
      let type = types.number(of: try row.text(4))
      data.log.append(user: userRow, tweet: tweetRow, score: score, time: time, type: type)
      data.noteTime(time)
    }
    data.typeNames = types.names
    try keep(report, needsRows: true)
  }

  private mutating func readTweets() throws(TrainingError) {
    let columns: [CSVColumn] = [
      .required("tweet_id"), .required("text"), .optional("author_id"), .optional("created_at"),
      .optional("in_reply_to_tweet_id"), .optional("quoted_tweet_id"),
    ]
    let file = file("tweets.csv", isRequired: true, columns)
    let report = try file.forEachRow(fingerprint: fingerprint, progress: progress) { (row) throws(TrainingError) in
      let (key, text) = (try row.key(0), try row.text(1))
      let (author, time) = (try row.optionalKey(2), try row.time(3) ?? 0)
      let tweet = try tweets.row(of: key)
      if let line = listed.line(of: tweet) {
        throw row.fault(0, "the tweet id was already given on line \(line)", key)
      }
      let authorRow = try author.map { (author) throws(TrainingError) in try users.row(of: author) }
      let (answered, quoted) = (try row.optionalKey(4), try row.optionalKey(5))
      listed.append(
        tweet, line: row.line, author: authorRow ?? ModelSchema.noRow, time: time,
        parent: (answered ?? quoted).map(EntityID.of(utf8:)))
      data.texts.append(text ?? UnsafeRawBufferPointer(start: nil, count: 0))
      data.noteTime(time)
    }
    try keep(report, needsRows: true)
  }

  private mutating func readUsers() throws(TrainingError) {
    let file = file("users.csv", isRequired: false, [.required("user_id"), .optional("screen_name")])
    let report = try file.forEachRow(fingerprint: fingerprint, progress: progress) { (row) throws(TrainingError) in
      let user = try users.row(of: try row.key(0))
      if let name = try row.optionalKey(1) {
        data.screenNames[String(decoding: name, as: UTF8.self).lowercased()] = user
      }
    }
    try keep(report, needsRows: false)
  }

  private mutating func readGraph() throws(TrainingError) {
    let columns: [CSVColumn] = [
      .required("src_user_id"), .required("dst_user_id"), .optional("weight"), .optional("timestamp"),
    ]
    let file = file("user_graph.csv", isRequired: false, columns)
    let report = try file.forEachRow(fingerprint: fingerprint, progress: progress) { (row) throws(TrainingError) in
      let (source, destination) = (try row.key(0), try row.key(1))
      let (weight, time) = (try row.number(2, default: 1), try row.time(3) ?? 0)
      if data.graph.sources.count >= Self.rowLimit { throw .tooManyEntities(kind: "edge", limit: Self.rowLimit) }
      data.graph.sources.append(try users.row(of: source))
      data.graph.destinations.append(try users.row(of: destination))
      data.graph.weights.append(weight)
      data.graph.times.append(time)
      data.noteTime(time)
    }
    try keep(report, needsRows: false)
  }

  /// From provisional rows to rows by ascending id.
  private mutating func renumber() {
    let (userTable, userRows) = users.sorted()
    let (tweetTable, tweetRows) = tweets.sorted()
    (data.users, data.tweets) = (userTable, tweetTable)
    data.log.users = data.log.users.map { userRows[Int($0)] }
    data.log.tweets = data.log.tweets.map { tweetRows[Int($0)] }
    data.graph.sources = data.graph.sources.map { userRows[Int($0)] }
    data.graph.destinations = data.graph.destinations.map { userRows[Int($0)] }
    data.screenNames = data.screenNames.mapValues { userRows[Int($0)] }
    data.tweetAuthors = [UInt32](repeating: ModelSchema.noRow, count: tweetTable.count)
    data.tweetTimes = [Int64](repeating: 0, count: tweetTable.count)
    data.tweetParents = [UInt32](repeating: ModelSchema.noRow, count: tweetTable.count)
    data.isListed = [Bool](repeating: false, count: tweetTable.count)
    var textRows = [Int?](repeating: nil, count: tweetTable.count)
    for (index, tweet) in listed.tweets.enumerated() {
      let row = Int(tweetRows[Int(tweet)])
      let author = listed.authors[index]
      data.tweetAuthors[row] = author == ModelSchema.noRow ? author : userRows[Int(author)]
      data.tweetTimes[row] = listed.times[index]
      if let parent = listed.parents[index] { data.tweetParents[row] = tweetTable.row(of: parent) }
      data.isListed[row] = true
      textRows[row] = index
    }
    data.texts = data.texts.arranged(textRows)
  }
}

/// The rows of `tweets.csv` in the order of the file.
private struct ListedTweets {
  private(set) var tweets: [UInt32] = []
  private(set) var authors: [UInt32] = []
  private(set) var times: [Int64] = []
  /// Ids of the tweets answered or quoted.
  private(set) var parents: [UInt64?] = []
  /// By provisional row; 0 for tweets not listed yet.
  private var lines: [Int] = []

  func line(of tweet: UInt32) -> Int? {
    Int(tweet) < lines.count && lines[Int(tweet)] > 0 ? lines[Int(tweet)] : nil
  }

  mutating func append(_ tweet: UInt32, line: Int, author: UInt32, time: Int64, parent: UInt64?) {
    while lines.count <= Int(tweet) { lines.append(0) }
    lines[Int(tweet)] = line
    tweets.append(tweet)
    authors.append(author)
    times.append(time)
    parents.append(parent)
  }
}
