import ApusClient

/// The calls that wait for a server's workers, as `describe` shows them.
struct QueueView: Encodable {
  let calls: UInt64
  let workMicros: UInt64
  let degradationLevel: UInt32
  let expired: UInt64
  let cancelled: UInt64
  let shedCritical: UInt64
  let shedDefault: UInt64
  let shedSheddable: UInt64
  let degraded: UInt64
  let yields: UInt64

  init(_ it: apus_queue) {
    calls = it.calls
    workMicros = it.work_nanos / 1_000
    degradationLevel = it.degradation_level
    expired = it.expired
    cancelled = it.cancelled
    shedCritical = it.shed_critical
    shedDefault = it.shed_default
    shedSheddable = it.shed_sheddable
    degraded = it.degraded
    yields = it.yields
  }

  /// Rows of the table for people.
  var rows: [(String, String)] {
    [
      ("calls that wait", "\(calls), \(workMicros) µs of work"), ("level of degradation", "\(degradationLevel)"),
      ("calls expired", "\(expired)"), ("calls cancelled", "\(cancelled)"),
      ("calls shed", "\(shedCritical) critical, \(shedDefault) default, \(shedSheddable) sheddable"),
      ("answers degraded", "\(degraded)"), ("yields of large calls", "\(yields)"),
    ]
  }
}
