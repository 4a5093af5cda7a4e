extension LoadPlan {
  /// Calls in flight over all connections that keep a server busy without waiting long.
  private static let busyCalls = 64

  /// The same calls in a closed loop, which finds how many a second the server can answer.
  func saturating(seconds: Double) -> LoadPlan {
    var plan = self
    plan.streams = []
    plan.source.replayPath = nil
    plan.hostile = HostilePlan()
    plan.recordPath = nil
    plan.warmupSeconds = 1
    plan.durationSeconds = seconds
    plan.inFlight = max(1, min(inFlight, Self.busyCalls / connections))
    return plan
  }

  /// The same with all rates in calls a second, if the saturation is known.
  func resolved(saturation: Double?) -> LoadPlan {
    guard let saturation else { return self }
    var plan = self
    plan.streams = streams.map { $0.resolved(saturation: saturation) }
    return plan
  }
}
