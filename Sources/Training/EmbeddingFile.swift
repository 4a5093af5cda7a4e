import Artifact
import Kernels
import Ranking

/// Embeddings of tweets from a safetensors file: `ids` U64 or I64 [n] and `embeddings` F32 [n, d].
///
/// An id is the tweet's key where that is a decimal number that fits, else the XXH64 of its bytes, as everywhere.
struct EmbeddingFile {
  /// d
  let width: Int
  /// [T, d] steps (``Quantized``), zero for tweets that the file lacks.
  let steps: [Int8]
  /// What was found.
  let report: EmbeddingReport

  /// Reads a file for a table of tweets.
  /// - Throws: ``TrainingError/embeddings(path:reason:)``: no such file, another format, a tensor missing or of another
  ///   type or shape, a width out of range, an id that stands twice, a number that is not finite.
  /// - Complexity: O(bytes) time and memory.
  static func read(path: String, tweets: EntityTable) throws(TrainingError) -> EmbeddingFile {
    do throws(ArtifactError) {
      let set = try TensorSet.read(foreign: path)
      let ids = try Self.ids(set)
      let values = try set.column("embeddings", of: Float.self, shape: [ids.count, nil])
      let width = set.tensor("embeddings")?.shape[1] ?? 0
      guard (1...TweetEmbeddings.widthLimit).contains(width) else {
        throw ArtifactError.badTensor(
          name: "embeddings", reason: "rows of \(width) floats, allowed 1 to \(TweetEmbeddings.widthLimit)")
      }
      return try EmbeddingFile(ids: ids, values: values, width: width, tweets: tweets, version: set.version)
    } catch { throw .embeddings(path: path, reason: "\(error)") }
  }

  private static func ids(_ set: TensorSet) throws(ArtifactError) -> [UInt64] {
    if set.tensor("ids")?.type == .i64 {
      return try set.column("ids", of: Int64.self, shape: [nil]).map { UInt64(bitPattern: $0) }
    }
    return Array(try set.column("ids", of: UInt64.self, shape: [nil]))
  }

  private init(
    ids: [UInt64], values: UnsafeBufferPointer<Float>, width: Int, tweets: EntityTable, version: String
  ) throws(ArtifactError) {
    var steps = [Int8](repeating: 0, count: tweets.count * width)
    var isGiven = [Bool](repeating: false, count: tweets.count)
    var (known, unknown) = (0, 0)
    for (index, id) in ids.enumerated() {
      if let bad = values[index * width..<(index + 1) * width].first(where: { !$0.isFinite }) {
        throw .badTensor(name: "embeddings", reason: "row \(index), of tweet \(id), has \(bad)")
      }
      let row = tweets.row(of: id)
      if row == ModelSchema.noRow {
        unknown += 1
        continue
      }
      if isGiven[Int(row)] { throw .badTensor(name: "ids", reason: "tweet \(id) stands twice, again in row \(index)") }
      isGiven[Int(row)] = true
      known += 1
      guard let source = values.baseAddress else { continue }
      steps.withUnsafeMutableBufferPointer { steps in
        guard let target = steps.baseAddress else { return }
        Quantized.quantise(source + index * width, count: width, into: target + Int(row) * width)
      }
    }
    self.width = width
    self.steps = steps
    report = EmbeddingReport(width: width, tweets: known, unknownTweets: unknown, version: version)
  }
}

/// What was found in a file of embeddings.
public struct EmbeddingReport: Codable, Sendable, Equatable, CustomStringConvertible {
  /// Floats of a row.
  public var width: Int
  /// Tweets of the data that have a row.
  public var tweets: Int
  /// Rows of tweets that the data lacks.
  public var unknownTweets: Int
  /// Checksum of the file.
  public var version: String

  /// One line for people.
  public var description: String {
    let unknown = unknownTweets == 0 ? "" : ", \(ReportText.count(unknownTweets)) of unknown tweets left out"
    return "\(ReportText.count(tweets)) of \(width) floats\(unknown)"
  }
}
