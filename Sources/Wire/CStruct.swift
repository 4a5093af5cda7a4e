/// A C struct pinned on the heap, set back to its defaults for each use.
struct CStruct<Value>: ~Copyable {
  private let memory: UnsafeMutablePointer<Value>
  private let setDefaults: (UnsafeMutablePointer<Value>?) -> Void

  /// - Parameter setDefaults: the generated `…__init`, which also sets the message's descriptor.
  init(_ zero: Value, _ setDefaults: @escaping (UnsafeMutablePointer<Value>?) -> Void) {
    memory = .allocate(capacity: 1)
    memory.initialize(to: zero)
    self.setDefaults = setDefaults
  }

  deinit {
    memory.deinitialize(count: 1)
    memory.deallocate()
  }

  /// The struct with its defaults; the pointer is valid as long as the owner.
  func reset() -> UnsafeMutablePointer<Value> {
    setDefaults(memory)
    return memory
  }
}
