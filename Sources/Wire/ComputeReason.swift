/// Why an answer to Recommend was computed, where a list made beforehand could have been taken; raw values are those of
/// the wire.
public enum ComputeReason: UInt32, CaseIterable, Sendable {
  /// It was not: the answer is such a list.
  case none = 0
  /// There is no store of lists.
  case noStore = 1
  /// The store has no list of this user.
  case miss = 2
  /// The store did not answer in time.
  case timeout = 3
  /// The store cannot be reached, or answered with an error.
  case storeDown = 4
  /// The list was made with another model.
  case staleModel = 5
  /// What the store holds is not a list.
  case damaged = 6
  /// Too few tweets of the list are left.
  case short = 7
}
