/// The raw values of all signals of one call: column s holds signal s of each candidate.
package struct SignalColumns {
  private let base: UnsafeMutablePointer<Float>
  private let capacity: Int

  /// Views [signals, capacity] floats.
  package init(base: UnsafeMutablePointer<Float>, capacity: Int) {
    self.base = base
    self.capacity = capacity
  }

  package subscript(signal: Signal) -> UnsafeMutablePointer<Float> { base + signal.rawValue * capacity }
}
