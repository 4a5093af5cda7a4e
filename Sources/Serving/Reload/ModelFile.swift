import Artifact
import Glibc

/// A model file that is held open: it can be read again although another one has taken its name, or none has.
///
/// It costs a descriptor, and the file's place on the disk where its name is gone.
final class ModelFile: Sendable {
  /// Which file it is, whatever its name; no other file has the same while this one is open.
  struct Identity: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    fileprivate init(_ status: stat) {
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
    }

    /// Of the file that has this path now, symbolic links followed; nil where there is none.
    static func now(at path: String) -> Identity? {
      var status = stat()
      return stat(path, &status) == 0 ? Identity(status) : nil
    }
  }

  /// Where it was found.
  let path: String
  let identity: Identity
  private let file: FileDescriptor

  /// Opens what is at `path`, without looking into it.
  init(path: String) throws(ArtifactError) {
    self.path = path
    // Without O_NONBLOCK the opening of a named pipe would wait for a writer.
    file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK)
    identity = Identity(try file.status())
  }

  /// Its size now, in bytes.
  func byteCount() throws(ArtifactError) -> Int { try file.regularFileSize() }

  /// Its tensors, verified and copied. One thread at a time.
  func read() throws(ArtifactError) -> TensorSet { try TensorSet.read(file) }
}
