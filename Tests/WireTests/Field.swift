/// Field numbers of `Call`, spelled here once more so that a renumbering fails a test.
enum Field {
  static let id: UInt64 = 1
  static let budget: UInt64 = 2
  static let criticality: UInt64 = 3
  static let traceParent: UInt64 = 4
  static let rank: UInt64 = 16
  static let recommend: UInt64 = 17
  static let similar: UInt64 = 18
  static let top: UInt64 = 19
  static let record: UInt64 = 20
  static let describe: UInt64 = 21
  static let setRewards: UInt64 = 22
  static let reloadModel: UInt64 = 23
  static let goAway: UInt64 = 31
}
