import Ranking

/// Engagements and rejections as they came, each with the signals of its moment: what ``TypeLearner`` learns from.
struct TypeExamples {
  /// Signals in a row.
  let width: Int
  /// [rows, width], row-major; NaN: missing.
  private(set) var values: [Float] = []
  /// [rows] numbers of ``TrainingData/typeNames``.
  private(set) var types: [UInt8] = []

  init(width: Int) { self.width = width }

  var count: Int { types.count }

  mutating func append(type: UInt8, value: (_ signal: Int) -> Float) {
    for signal in 0..<width { values.append(value(signal)) }
    types.append(type)
  }
}
