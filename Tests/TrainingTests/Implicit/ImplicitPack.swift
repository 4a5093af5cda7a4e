import ParitySupport
import Testing

@testable import Training

/// Reads the interactions and factors of reference outputs.
enum ImplicitPack {
  /// `als/meta.json`.
  struct Meta: Decodable {
    struct Case: Decodable {
      let use_cg: Bool
      let regularization: Double
      let alpha: Double
      let factors: Int
      let loss: Double

      var settings: ALSSettings {
        ALSSettings(
          factors: factors, regularization: regularization, alpha: alpha,
          solver: use_cg ? .conjugateGradients(steps: 3) : .cholesky)
      }
    }
    let users: Int
    let items: Int
    let nnz: Int
    let cases: [String: Case]
  }

  /// `als/confidence.csv`, each value turned by `change`.
  static func interactions(_ pack: ParityPack, _ change: (Float) -> Float = { $0 }) throws -> Interactions {
    let meta = try pack.json("als/meta.json", as: Meta.self)
    let rows = try pack.rows("als/confidence.csv")
    #expect(rows.count == meta.nnz)
    return try Interactions(
      userCount: meta.users, itemCount: meta.items, users: rows.map { try #require(UInt32($0[0])) },
      items: rows.map { try #require(UInt32($0[1])) }, values: rows.map { change(try #require(Float($0[2]))) })
  }

  /// All rows of a table of factors.
  static func rows<Scalar>(_ table: FactorMatrix<Scalar>) -> [[Double]] {
    (0..<table.rows).map { table[$0].map { Double($0) } }
  }

  /// The largest difference between two matrices; infinite if they have not the same shape.
  static func difference(_ a: [[Double]], _ b: [[Double]]) -> Double {
    guard a.map(\.count) == b.map(\.count) else { return .infinity }
    return zip(a.joined(), b.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}
