import CIntrinsics

/// The allocator's memory.
public enum HeapMemory {
  /// Gives the pages of freed memory back to the system. Other threads' allocations wait meanwhile, some milliseconds at
  /// worst: for when memory is short, or after something large was freed, on a thread that may wait.
  public static func giveBack() { apus_trim_heap() }
}
