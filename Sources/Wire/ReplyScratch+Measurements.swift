import RankingProto

/// What Describe says of what the server has measured of itself.
extension ReplyScratch {
  func describe(_ it: Measurements, in response: UnsafeMutablePointer<Apus__V1__DescribeResponse>) {
    phaseTable.removeAll()
    let messages = copy(it.phases.map(message)).1
    for index in it.phases.indices { phaseTable.append(messages.map { $0 + index }) }
    (response.pointee.n_phases, response.pointee.phases) = (phaseTable.count, phaseTable.base)
    response.pointee.calls_in_flight = it.callsInFlight
    response.pointee.resident_bytes = it.residentBytes
    response.pointee.memory_limit_bytes = it.memoryLimitBytes
    response.pointee.memory_pressure = it.memoryPressure
    response.pointee.loop_stalls = it.loopStalls
    response.pointee.log_lines_dropped = it.droppedLogLines
    response.pointee.last_run = copy(it.lastRun)
    response.pointee.uptime_ms = it.uptimeMillis
  }

  /// The columns are copies that live until ``end()``.
  private func message(_ phase: PhaseDescription) -> Apus__V1__PhaseHistogram {
    var message = Apus__V1__PhaseHistogram()
    apus__v1__phase_histogram__init(&message)
    message.name = copy(phase.name)
    message.sum_nanos = phase.sumNanos
    message.max_nanos = phase.longestNanos
    (message.n_buckets, message.buckets) = copy(phase.buckets)
    (message.n_counts, message.counts) = copy(phase.counts)
    return message
  }
}
