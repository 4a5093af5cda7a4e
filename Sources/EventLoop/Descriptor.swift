import Glibc

/// Calls on file descriptors whose names the classes of this module shadow.
enum Descriptor {
  /// Closes a descriptor; never retried, since Linux releases the number even when interrupted.
  static func close(_ descriptor: Int32) {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
  }
}
