import CProtobufC
import Glibc

/// Memory that messages point into while protobuf-c packs them.
final class PackMemory {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { free(block) } }

  private func allocate<T>(_: T.Type, count: Int) -> UnsafeMutablePointer<T> {
    guard let block = calloc(max(count, 1), MemoryLayout<T>.stride) else { fatalError("no memory for a message") }
    blocks.append(block)
    return block.bindMemory(to: T.self, capacity: max(count, 1))
  }

  /// A message, made by its own initialiser and then filled.
  func message<T>(
    _ initialise: (UnsafeMutablePointer<T>?) -> Void, _ fill: (inout T) -> Void
  ) -> UnsafeMutablePointer<T> {
    let message = allocate(T.self, count: 1)
    initialise(message)
    fill(&message.pointee)
    return message
  }

  func column<T>(_ values: [T]) -> (Int, UnsafeMutablePointer<T>?) {
    guard !values.isEmpty else { return (0, nil) }
    let copy = allocate(T.self, count: values.count)
    copy.initialize(from: values, count: values.count)
    return (values.count, copy)
  }

  func data(_ bytes: [UInt8]) -> ProtobufCBinaryData {
    let (count, copy) = column(bytes)
    return ProtobufCBinaryData(len: count, data: copy)
  }
}
