import CLibuv

/// What the process does with memory that it has no use for.
public enum ProcessMemory {
  /// Gives whole pages of what was freed back to the kernel. Takes milliseconds, and each arena's lock meanwhile: for
  /// after something large was freed, on a thread that may wait.
  public static func giveBack() { _ = malloc_trim(0) }
}
