import ApusClient

/// What a server had counted at one moment.
struct ServerReading {
  let serverVersion: String
  let modelVersion: String
  let uptimeMillis: UInt64
  let callsAnswered: UInt64
  let callsRefused: UInt64
  let connectionsAccepted: UInt64
  let openConnections: UInt64
  let callsInFlight: UInt64
  let residentBytes: UInt64
  let memoryLimitBytes: UInt64
  let memoryPressure: UInt32
  let loopStalls: UInt64
  let droppedLogLines: UInt64
  let phases: [PhaseReading]

  init(_ it: apus_description) {
    serverVersion = it.server_version.map { String(cString: $0) } ?? ""
    modelVersion = it.model_version.map { String(cString: $0) } ?? ""
    uptimeMillis = it.uptime_ms
    callsAnswered = it.calls_answered
    callsRefused = it.calls_refused
    connectionsAccepted = it.connections_accepted
    openConnections = it.connections_open
    callsInFlight = it.calls_in_flight
    residentBytes = it.resident_bytes
    memoryLimitBytes = it.memory_limit_bytes
    memoryPressure = it.memory_pressure
    loopStalls = it.loop_stalls
    droppedLogLines = it.log_lines_dropped
    phases = UnsafeBufferPointer(start: it.phases, count: it.phase_count).map { PhaseReading($0) }
  }
}
