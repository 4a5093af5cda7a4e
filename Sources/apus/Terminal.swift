#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What standard output and error are connected to.
enum Terminal {
  /// Whether progress may redraw its line.
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether standard output may be redrawn.
  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Columns of the terminal on standard output; 180 where there is none.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 180 }
    return Int(size.ws_col)
  }
}
