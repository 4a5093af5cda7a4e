/// The calls by which a log uses the file system; tests put failures, and disks of their own, in their place.
///
/// A result below 0 is a negated errno; one that has nothing else to say is 0 or an errno.
protocol FileOperations: AnyObject, Sendable {
  /// The names in a folder, or an errno.
  func names(in folder: String) -> Result<[String], SystemCode>
  /// Opens a regular file, and with `creating` makes it anew and empty. Returns its descriptor or a negated errno.
  func open(_ path: String, creating: Bool) -> Int32
  /// Lets go of a descriptor.
  func close(_ descriptor: Int32)
  /// The length of a file, or a negated errno.
  func size(of descriptor: Int32) -> Int
  /// Seconds since the file was last written, or a negated errno.
  func age(of descriptor: Int32) -> Int64
  /// Reads at an offset. Returns how many bytes were read, 0 at the end of the file, or a negated errno.
  func read(into bytes: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int) -> Int
  /// Writes at an offset. Returns how many bytes were written, or a negated errno.
  func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int) -> Int
  /// Waits until everything written is durable. Returns 0 or an errno.
  func synchronize(_ descriptor: Int32) -> Int32
  /// Sets the length of the file. Returns 0 or an errno.
  func truncate(_ descriptor: Int32, to length: Int) -> Int32
  /// Gives the file space, read as zeros, up to a length that it then has. Returns 0 or an errno.
  func allocate(_ descriptor: Int32, length: Int) -> Int32
  /// Gives a file another name, replacing what had it. Returns 0 or an errno.
  func rename(_ path: String, to other: String) -> Int32
  /// Takes a file out of its folder. Returns 0 or an errno.
  func remove(_ path: String) -> Int32
  /// Makes the names in a folder durable. Returns 0 or an errno.
  func synchronizeFolder(_ path: String) -> Int32
}

/// An errno.
struct SystemCode: Error, Equatable {
  var code: Int32
}
