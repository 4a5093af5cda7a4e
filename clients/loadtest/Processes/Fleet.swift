import Foundation

/// The processes of a run: this one alone, or several of the same program whose measurements are added up.
///
/// Of one thread.
struct Fleet {
  /// What a run came to.
  struct Outcome {
    let tally: LoadTally
    let server: String
    let notes: [String]
  }

  private let children: [Child]

  /// - Parameter processes: 1: no further process is started.
  init(processes: Int) throws(LoadError) {
    guard processes > 1 else {
      children = []
      return
    }
    // A child that is gone is told by an error of write.
    signal(SIGPIPE, SIG_IGN)
    var children: [Child] = []
    for _ in 0..<processes { children.append(try Child()) }
    self.children = children
  }

  func run(_ plan: LoadPlan) throws(LoadError) -> Outcome {
    guard !children.isEmpty else {
      let job = try LoadJob(plan: plan)
      let tally = try job.run(start: Clock.monotonicNanos())
      return Outcome(tally: tally, server: job.preparation.server, notes: job.preparation.notes)
    }
    for (index, child) in children.enumerated() {
      var share = plan
      share.share = LoadPlan.Share(index: index, count: children.count)
      try child.prepare(share)
    }
    var server = ""
    var notes: [String] = []
    for child in children {
      if case .ready(let name, let its) = try child.receive() {
        server = name
        notes = its
      }
    }
    // Far enough ahead that all have read it by then.
    let start = Clock.monotonicNanos() + 50_000_000
    for child in children { try child.start(at: start) }
    var tally: LoadTally?
    for child in children {
      guard case .done(let its) = try child.receive() else { throw .process("a process of apus-load did not run") }
      if tally == nil { tally = its } else { tally?.add(its) }
    }
    guard let tally else { throw .process("no process of apus-load ran") }
    return Outcome(tally: tally, server: server, notes: notes)
  }
}
