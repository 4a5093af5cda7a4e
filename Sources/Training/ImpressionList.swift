import Artifact

/// What was shown to whom and what came of it, as parallel flat columns in the order of the file.
package struct ImpressionList: Sendable {
  /// Name of each impression.
  package private(set) var names: [String] = []
  /// Ids of the users.
  package private(set) var users: [UInt64] = []
  /// Unix seconds; nil where the file does not say.
  package private(set) var times: [Int64?] = []
  /// [impressions + 1]: candidates of impression i are `offsets[i]..<offsets[i + 1]`.
  package private(set) var offsets: [Int] = [0]
  /// Ids of the candidates.
  package private(set) var tweets: [UInt64] = []
  /// Whether the user engaged.
  package private(set) var labels: [Bool] = []
  /// Candidates left out because they stood in the same impression before.
  package private(set) var repeated = 0
  /// What was read.
  package private(set) var report = FileReport(file: "", isPresent: true)

  /// Impressions.
  package var count: Int { users.count }
  /// Candidates of the longest impression.
  package var longest: Int { (0..<count).map { offsets[$0 + 1] - offsets[$0] }.max() ?? 0 }

  /// Places of an impression's candidates in ``tweets`` and ``labels``.
  package func candidates(of impression: Int) -> Range<Int> { offsets[impression]..<offsets[impression + 1] }

  /// Reads a file of impressions; candidates are `tweet_id-label` separated by spaces, and all before the last `-` is
  /// the id.
  ///
  /// Times may be missing in ``ImpressionFormat/apus``. A candidate that stands twice in one impression counts once, as
  /// a positive if either is.
  /// - Parameters:
  ///   - skipsBadRows: whether a malformed row is counted instead of refused.
  ///   - fingerprint: takes in the file's bytes.
  /// - Throws: ``TrainingError``: no such file, no rows, a column missing, a row without candidates, a label that is
  ///   neither 0 nor 1, a time that is none; with file, line and value.
  package static func read(
    path: String, format: ImpressionFormat = .apus, skipsBadRows: Bool = false,
    fingerprint: Fingerprint = Fingerprint(), progress: TrainingProgress
  ) throws(TrainingError) -> ImpressionList {
    var list = ImpressionList()
    let cut = path.lastIndex(of: "/")
    let file = CSVFile(
      folder: cut.map { String(path[..<$0]) } ?? ".", name: cut.map { String(path[path.index(after: $0)...]) } ?? path,
      columns: format.columns, isRequired: true, skipsBadRows: skipsBadRows, layout: format.layout)
    list.report = try file.forEachRow(fingerprint: fingerprint, progress: progress) { (row) throws(TrainingError) in
      let (name, user) = (try row.key(0), EntityID.of(utf8: try row.key(1)))
      let time = try format.time(of: row)
      if format == .mind { _ = try row.text(4) }
      let (candidates, repeated) = try Self.parse(row)
      list.repeated += repeated
      list.names.append(String(decoding: name, as: UTF8.self))
      list.users.append(user)
      list.times.append(time)
      for (tweet, label) in candidates {
        list.tweets.append(tweet)
        list.labels.append(label)
      }
      list.offsets.append(list.tweets.count)
    }
    if list.count == 0 { throw .noRows(file: list.report.file) }
    return list
  }

  /// The candidates of a row, each once, and how many stood there before.
  private static func parse(_ row: CSVRow) throws(TrainingError) -> (candidates: [(UInt64, Bool)], repeated: Int) {
    guard let text = try row.text(3) else { throw row.fault(3, "there are no candidates", nil) }
    var candidates: [(UInt64, Bool)] = []
    var repeated = 0
    var places: [UInt64: Int] = [:]
    for word in text.split(separator: UInt8(ascii: " ")) {
      let bytes = UnsafeRawBufferPointer(rebasing: word)
      guard let dash = bytes.lastIndex(of: UInt8(ascii: "-")), dash > 0 else {
        throw row.fault(3, "a candidate is tweet_id-label", bytes)
      }
      let label = bytes[(dash + 1)...]
      guard label.count == 1, let digit = label.first, digit == UInt8(ascii: "0") || digit == UInt8(ascii: "1") else {
        throw row.fault(3, "a label is 0 or 1", bytes)
      }
      let id = EntityID.of(utf8: UnsafeRawBufferPointer(rebasing: bytes[..<dash]))
      let isPositive = digit == UInt8(ascii: "1")
      if let place = places[id] {
        repeated += 1
        if isPositive { candidates[place].1 = true }
      } else {
        places[id] = candidates.count
        candidates.append((id, isPositive))
      }
    }
    if candidates.isEmpty { throw row.fault(3, "there are no candidates", nil) }
    return (candidates, repeated)
  }
}
