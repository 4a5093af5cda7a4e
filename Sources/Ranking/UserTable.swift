import Artifact
import Kernels

/// The model's users: one row per account seen in the training data.
public struct UserTable: @unchecked Sendable {
  /// Ids, ascending.
  public let ids: UnsafeBufferPointer<UInt64>
  /// Keys as logged; empty where the key is the id in decimal.
  let names: StringColumn
  /// SVD biases.
  let bias: UnsafeBufferPointer<Float>
  /// SVD factors, row-major [count, factorCount].
  let factors: UnsafeBufferPointer<Float>
  /// Number of SVD factors.
  public let factorCount: Int
  /// Engagement log rows per user.
  public let engagements: UnsafeBufferPointer<UInt32>
  /// TF-IDF profiles.
  public let profiles: SparseColumn
  /// PageRank over the user graph.
  public let pageRanks: UnsafeBufferPointer<Double>
  /// Signal values of ``Signal/authorPageRank`` per user.
  let priors: [Float]
  private let index: IDTable

  init(from reader: ColumnReader, terms: Int) throws(ModelError) {
    typealias Name = ModelSchema.Tensor
    ids = try reader.ids(Name.userID)
    let count = ids.count
    names = try reader.strings(Name.userName, count: count)
    bias = try reader.finiteFloats(Name.userBias, shape: [count])
    factors = try reader.finiteFloats(Name.userFactors, shape: [count, nil])
    factorCount = count == 0 ? 0 : factors.count / count
    engagements = try reader.column(Name.userEngagements, of: UInt32.self, shape: [count])
    profiles = try reader.sparseRows(Name.userProfile, rows: count, columns: terms)
    pageRanks = try reader.finiteDoubles(Name.userPageRank, shape: [count])
    priors = try reader.priors(of: pageRanks, name: Name.userPageRank)
    index = try reader.index(of: ids, name: Name.userID)
  }

  /// Number of users.
  public var count: Int { ids.count }

  /// The user's row, or ``ModelSchema/noRow``.
  public func row(of id: UInt64) -> UInt32 { index.row(of: id) }

  /// The key as logged.
  public func name(row: Int) -> String { names[row].isEmpty ? String(ids[row]) : names.string(row) }
}
