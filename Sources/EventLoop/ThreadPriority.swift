import Glibc

/// How much of the processor a thread gets where there is not enough for all.
public enum ThreadPriority {
  /// Makes the calling thread yield to the others of the machine: it runs where nobody else wants to, and besides gets a
  /// three-hundredth of what a thread of theirs gets. Only a privileged process can undo it.
  ///
  /// A lower `nice` value alone would not do: such a thread keeps its turns, of some milliseconds each, and who waits for
  /// one is late by that.
  public static func lower() {
    let idle: Int32 = 5  // SCHED_IDLE, which Glibc's module lacks
    var parameters = sched_param(sched_priority: 0)
    if sched_setscheduler(0, idle, &parameters) != 0 { _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 19) }
  }
}
