import RankingProto

/// What Describe says of the calls that wait.
struct QueueAnswer: Equatable {
  var calls: UInt64 = 0
  var degradationLevel: UInt32 = 0
  var expired: UInt64 = 0
  var cancelled: UInt64 = 0
  var shedCritical: UInt64 = 0
  var shedDefault: UInt64 = 0
  var shedSheddable: UInt64 = 0
  var degraded: UInt64 = 0
  var yields: UInt64 = 0

  init() {}

  init(_ queue: Apus__V1__Queue) {
    (calls, degradationLevel, expired, cancelled) = (
      queue.calls, queue.degradation_level, queue.expired, queue.cancelled
    )
    (shedCritical, shedDefault, shedSheddable) = (queue.shed_critical, queue.shed_default, queue.shed_sheddable)
    (degraded, yields) = (queue.degraded, queue.yields)
  }
}
