/// What the Python stack makes of the logs in `classic/`, everything by key: `expected.json` and `expected_options.json`.
package struct ClassicExpectation: Decodable, Sendable {
  /// What `apus train --recipe classic` is to be told for it.
  package let arguments: [String]
  /// Length of a factor vector.
  package let factors: Int
  package let mean: Double
  /// Bias, then factors, rounded to 32 bits.
  package let user_factors: [String: [Double]]
  package let tweet_factors: [String: [Double]]
  /// By `users` and `tweets`: each one's neighbours.
  package let similarities: [String: [String: [String: Double]]]
  /// Estimates by `svd`, `users` and `tweets` (neighbours), by user, by tweet; nil where the library says that one is
  /// impossible. Those by neighbours leave out what the user has rated. Not in every file.
  package let predictions: [String: [String: [String: Double?]]]?
  /// Inverse document frequencies.
  package let terms: [String: Double]
  package let vectors: [String: [String: Double]]
  package let profiles: [String: [String: Double]]
  package let popularity: [String: Double]
  package let tweet_ranks: [String: Double]
  package let user_ranks: [String: Double]

  /// The folder of the logs.
  package static var folder: String { ParityPack.fixtures.folder.appendingPathComponent("classic").path }

  /// With default options.
  package static func defaults() throws -> ClassicExpectation {
    try ParityPack.fixtures.json("classic/expected.json", as: ClassicExpectation.self)
  }

  /// With nearly every option another one.
  package static func options() throws -> ClassicExpectation {
    try ParityPack.fixtures.json("classic/expected_options.json", as: ClassicExpectation.self)
  }
}
