import Synchronization

/// The process's memory as last looked at: written by the watch, read by acceptor and workers. Relaxed.
final class MemoryGauge: Sendable {
  private let level = Atomic<Int>(0)
  private let resident = Atomic<UInt64>(0)
  private let limit = Atomic<UInt64>(0)

  init() {}

  /// What is to be done now. Any thread.
  var pressure: MemoryPressure { MemoryPressure(rawValue: level.load(ordering: .relaxed)) ?? .calm }

  /// Bytes of the process in RAM. Any thread.
  var residentBytes: UInt64 { resident.load(ordering: .relaxed) }

  /// The limit that is nearest; 0: there is none. Any thread.
  var limitBytes: UInt64 { limit.load(ordering: .relaxed) }

  func set(_ pressure: MemoryPressure) { level.store(pressure.rawValue, ordering: .relaxed) }

  func set(residentBytes: UInt64, limitBytes: UInt64) {
    resident.store(residentBytes, ordering: .relaxed)
    limit.store(limitBytes, ordering: .relaxed)
  }
}
