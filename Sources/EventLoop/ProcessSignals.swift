import Glibc

/// What the whole process does with signals.
public enum ProcessSignals {
  /// Makes a write to a closed connection an error instead of the end of the process.
  ///
  /// Every program with a ``Connection`` calls it once at its start: libuv writes without `MSG_NOSIGNAL`.
  public static func ignoreBrokenPipe() {
    ignore(SIGPIPE)
  }

  /// Makes a signal do nothing, as long as nobody watches it.
  public static func ignore(_ number: Int32) {
    _ = signal(number, SIG_IGN)
  }
}
