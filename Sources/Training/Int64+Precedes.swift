extension Int64 {
  /// Whether a time, in Unix seconds, lies before `end`; nil: there is no end.
  func precedes(_ end: Int64?) -> Bool { end.map { self < $0 } ?? true }
}
