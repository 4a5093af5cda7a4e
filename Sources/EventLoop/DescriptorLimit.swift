import Glibc

/// How many file descriptors the process may have open.
public enum DescriptorLimit {
  /// Raises the soft limit to at least `wanted`, as far as the hard limit allows, and returns what it is then.
  ///
  /// A shell's usual soft limit of 1,024 would refuse connections long before a server's own limit does.
  public static func raise(to wanted: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    if Int(clamping: limit.rlim_cur) < wanted {
      let soft = limit.rlim_cur
      limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = soft }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
