/// What Describe says of the calls that wait. Counters are since the start, over all workers.
public struct QueueDescription: Equatable, Sendable {
  /// Calls that wait now.
  public var calls: UInt64 = 0
  /// Nanoseconds of work that they are expected to cost.
  public var workNanos: UInt64 = 0
  /// What answers are made with now (``Degradation/level``); of several workers the highest.
  public var degradationLevel: UInt32 = 0
  /// Calls whose budget was over before they were done.
  public var expired: UInt64 = 0
  /// Calls whose connection ended before they were done.
  public var cancelled: UInt64 = 0
  /// Critical calls that were refused because there was too much work.
  public var shedCritical: UInt64 = 0
  /// The same of ordinary ones.
  public var shedOrdinary: UInt64 = 0
  /// The same of sheddable ones.
  public var shedSheddable: UInt64 = 0
  /// Rankings from which something was left out.
  public var degraded: UInt64 = 0
  /// How often a large call was put aside for others to have their turn.
  public var yields: UInt64 = 0

  /// Nothing has happened.
  public init() {}
}
