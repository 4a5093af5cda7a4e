/// What ``ContextualTerm`` has learned: one regression for all tweets, as sums over events.
///
/// A pure function of the set of events: all sums are of whole numbers, so that their order and grouping do not matter,
/// and wrap around instead of trapping (not before 2^33 events). Rewards are counted by type, so that weights may
/// change afterwards.
public struct ContextualState: Sendable, Equatable {
  private static let features = ContextualFeatures.count
  private static let triangle = features * (features + 1) / 2
  private static let types = Int(EventType.allCases.map(\.rawValue).max() ?? 0) + 1

  /// Σ x·xᵀ over trials in 1/65536, the lower triangle row by row; the first is that of 1 · 1.
  private var products: [Int64]
  /// Σ x over events in 1/256, [types, features]; impressions stay 0.
  private var sums: [Int64]

  /// Nothing learned.
  public init() {
    products = .init(repeating: 0, count: Self.triangle)
    sums = .init(repeating: 0, count: Self.types * Self.features)
  }

  /// Trials learned from, if their features were a server's.
  public var trials: Int64 { products[0] >> 16 }

  /// Adds one event on an item whose logged features are `features` (``LoggedRanking``). Other than
  /// ``ContextualFeatures/count`` features, and none, say nothing: a log may hold rankings of other policies.
  ///
  /// - Parameter isTrial: whether the event is the first of its item and ranking: an item was shown once, whether or
  ///   not its impression was reported.
  /// - Complexity: O(features²).
  public mutating func apply(_ features: ArraySlice<Int16>, _ type: EventType, isTrial: Bool) {
    guard features.count == Self.features else { return }
    let first = features.startIndex
    if isTrial {
      var place = 0
      for row in 0..<Self.features {
        for column in 0...row {
          products[place] &+= Int64(features[first + row]) &* Int64(features[first + column])
          place += 1
        }
      }
    }
    guard type != .impression else { return }
    for k in 0..<Self.features { sums[Int(type.rawValue) * Self.features + k] &+= Int64(features[first + k]) }
  }

  /// Adds what another state learned from other events.
  public mutating func merge(_ other: ContextualState) {
    for k in products.indices { products[k] &+= other.products[k] }
    for k in sums.indices { sums[k] &+= other.sums[k] }
  }

  /// The state as whole numbers, for a snapshot: products, then sums.
  public var numbers: [Int64] { products + sums }

  /// The state that these numbers are of; nil unless there are as many as ``numbers`` has.
  public init?(numbers: [Int64]) {
    guard numbers.count == Self.triangle + Self.types * Self.features else { return nil }
    products = Array(numbers.prefix(Self.triangle))
    sums = Array(numbers.dropFirst(Self.triangle))
  }

  /// Σ x·xᵀ as numbers, [features][features], the lower triangle.
  var matrix: [[Double]] {
    (0..<Self.features).map { row in (0...row).map { Double(products[row * (row + 1) / 2 + $0]) / 65_536 } }
  }

  /// Σ reward·x under weights, [features].
  func rewards(_ weights: RewardWeights) -> [Double] {
    (0..<Self.features).map { k in
      EventType.allCases.reduce(0) { sum, type in
        sum + weights[type] * Double(sums[Int(type.rawValue) * Self.features + k]) / 256
      }
    }
  }
}
