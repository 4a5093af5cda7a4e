/// Which similarity between whom. The defaults are those of Surprise's `sim_options`, but for the measure (its is msd).
package struct SimilarityOptions: Sendable {
  /// The measure.
  package var measure: Similarity
  /// Between users or between items.
  package var side: RatingSide
  /// Pairs with fewer common ratings have similarity 0; at least 1. (``Similarity/pearsonBaseline`` asks for 2 anyway.)
  package var minSupport: Int
  /// Of ``Similarity/pearsonBaseline``; finite, at least 0.
  package var shrinkage: Double

  /// Options with Surprise's defaults for everything that is not asked for here.
  package init(
    _ measure: Similarity = .cosine, between side: RatingSide = .users, minSupport: Int = 1, shrinkage: Double = 100
  ) {
    self.measure = measure
    self.side = side
    self.minSupport = minSupport
    self.shrinkage = shrinkage
  }

  /// Refuses options outside the ranges above.
  func validate() throws(NeighbourError) {
    if minSupport < 1 { throw .badOption(name: "minSupport", value: "\(minSupport)", reason: "must be at least 1") }
    if !shrinkage.isFinite || shrinkage < 0 {
      throw .badOption(name: "shrinkage", value: "\(shrinkage)", reason: "must be at least 0")
    }
  }
}
