import Synchronization

/// A value that one thread sets now and then, and that any number of threads keep copies of.
final class Published<Value: Sendable>: Sendable {
  private let value: Monitor<Value>
  private let revision = Atomic<UInt64>(0)

  /// A reader's copy.
  struct Copy {
    let value: Value
    fileprivate let revision: UInt64
  }

  init(_ value: Value) { self.value = Monitor(value) }

  /// Sets it. One thread.
  func set(_ new: Value) {
    value.change { $0 = new }
    revision.add(1, ordering: .releasing)
  }

  /// Makes a copy, or brings it up to date. One load where nothing has changed, else a lock held for as long as it takes
  /// to retain the value's parts. Any thread.
  func refresh(_ copy: inout Copy?) {
    // The number first: a value that is newer than its number is only copied once more.
    let revision = revision.load(ordering: .acquiring)
    if copy?.revision != revision { copy = Copy(value: value.change { $0 }, revision: revision) }
  }
}
