/// The arrivals of one thread in the order of time: of all streams of the plan together, or of its share of a recording.
struct ArrivalQueue {
  struct Arrival {
    let time: Int64
    /// nil: to be drawn.
    let callClass: CallClass?
    /// The place in the recording.
    let record: Int?
    /// Whether it waits because all connections were full.
    var foundAllFull = false
  }

  private enum Origin {
    case streams([(arrivals: Arrivals, callClass: CallClass?)])
    /// Places in the recording, the next one of which is at `cursor`.
    case records([Int], Recording, cursor: Int)
  }

  private var origin: Origin
  private let start: Int64
  private let speed: Double
  private(set) var next: Arrival?

  /// - Parameter place: the thread's, among those of all processes.
  /// - Returns: nil for a closed loop.
  init?(plan: LoadPlan, source: CallSource, start: Int64, place: Int) {
    self.start = start
    speed = plan.source.replaySpeed
    if case .recording(let recording) = source {
      // Calls that shared a connection stay together.
      let own = recording.records.indices.filter { Int(recording.records[$0].connection) % plan.allThreads == place }
      origin = .records(own, recording, cursor: 0)
    } else if plan.streams.isEmpty {
      return nil
    } else {
      origin = .streams(
        plan.streams.enumerated().map { index, stream in
          var dice = SplitMix(seed: plan.source.seed, part: index)
          let arrivals = Arrivals(
            profile: stream.profile.warmedUp(seconds: plan.warmupSeconds), start: start, thread: place,
            threads: plan.allThreads, seed: plan.isPoisson ? dice.next() : nil)
          return (arrivals, stream.callClass)
        })
    }
    find()
  }

  /// Goes on to the arrival after `next`.
  mutating func advance() {
    switch origin {
    case .streams(var streams):
      // The copy in `origin` is let go, so that the array is changed in place.
      origin = .streams([])
      if let index = Self.first(of: streams) { streams[index].arrivals.advance() }
      origin = .streams(streams)
    case .records(let own, let recording, let cursor):
      origin = .records(own, recording, cursor: cursor + 1)
    }
    find()
  }

  /// Keeps the class that was drawn for `next`, which has to wait for room.
  mutating func keep(callClass: CallClass) {
    guard let arrival = next else { return }
    next = Arrival(time: arrival.time, callClass: callClass, record: arrival.record, foundAllFull: true)
  }

  private mutating func find() {
    switch origin {
    case .streams(let streams):
      next = Self.first(of: streams).flatMap { index in
        streams[index].arrivals.next.map { Arrival(time: $0, callClass: streams[index].callClass, record: nil) }
      }
    case .records(let own, let recording, let cursor):
      next =
        cursor < own.count
        ? Arrival(
          time: start + Int64((Double(recording.records[own[cursor]].nanos) / speed).rounded()), callClass: .standard,
          record: own[cursor]) : nil
    }
  }

  /// The stream whose next call arrives first.
  private static func first(of streams: [(arrivals: Arrivals, callClass: CallClass?)]) -> Int? {
    streams.indices.min {
      (streams[$0].arrivals.next ?? .max) < (streams[$1].arrivals.next ?? .max)
    }
  }
}
