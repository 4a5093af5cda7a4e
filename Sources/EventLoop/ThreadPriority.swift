import Glibc

/// How much of the processor a thread gets where there is not enough for all.
public enum ThreadPriority {
  /// Makes the calling thread yield to the others of the machine: an eighth of what they get. It cannot be undone.
  public static func lower() { _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10) }
}
