import Synchronization

/// A value that is made when it is first asked for, once, whichever thread that is; others wait for it.
final class OnFirstUse<Value: Sendable>: Sendable {
  private let made = Mutex<Value?>(nil)

  /// The value, which `make` makes if nobody has.
  func value(_ make: () -> Value) -> Value {
    made.withLock { made in
      if let made { return made }
      let value = make()
      made = value
      return value
    }
  }
}
