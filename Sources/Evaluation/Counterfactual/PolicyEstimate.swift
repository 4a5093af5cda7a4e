/// What a policy would earn per row, as far as a log of another can say.
package struct PolicyEstimate: Sendable, Equatable {
  /// Mean reward.
  package let value: Double
  /// How many rows of the policy's own would say as much; n for an estimate by predictions alone.
  package let effectiveSampleSize: Double
}
