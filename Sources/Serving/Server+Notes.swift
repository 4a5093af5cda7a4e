/// What a server has to say for itself to who started it.
extension Server {
  /// What was loaded, for the line that says the server is ready.
  public var summary: String {
    "\(loadedSummary); "
      + "\(feedback.eventsRecorded) events replayed; \(workers.count) worker\(workers.count == 1 ? "" : "s")"
      + (sharing.map { "; feedback shared through \($0.place)" } ?? "")
  }

  /// Notes about what was found while starting, such as a torn tail of the feedback log that was cut.
  public var startupNotes: [String] {
    var notes: [String] = []
    let dropped = feedback.replayed.bytesDropped
    if dropped > 0 { notes.append("cut \(dropped) bytes of a torn, never acknowledged tail from the feedback log") }
    if feedback.identity.isRecovered { notes.append("the file node was missing, and was made again from the log") }
    for damage in feedback.replayed.damages { notes.append("feedback was lost: \(damage)") }
    if !lastRun.isEmpty { notes.append("the last run did not end in order: \(lastRun)") }
    notes += [feedback.note, feedback.learner?.note].compactMap { $0 }
    if descriptors < descriptorsWanted {
      notes.append(
        "at most \(descriptors) file descriptors (ulimit -n), which is less than the \(descriptorsWanted) that "
          + "the limit of connections needs; more connections than fit wait to be accepted")
    }
    return notes
  }

  /// What could not be kept when the server ended; after ``run()``.
  public var closingNotes: [String] {
    let learned = feedback.learner?.saveFailure.map { "what was learned from feedback was not saved: \($0)" }
    // Nothing is lost by it: the log has it all.
    let snapshot = feedback.snapshotFailure.map { "no snapshot of feedback could be written: \($0)" }
    let cut = isCutShort ? "ended before the feedback log was closed; what was acknowledged is in it" : nil
    return [learned, snapshot, cut].compactMap { $0 }
  }
}
