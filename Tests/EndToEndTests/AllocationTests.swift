import Foundation
import ServerSupport
import Testing

@Suite("What a ranking asks of the allocator")
struct AllocationTests {
  /// Calls before counting: every buffer has then its final size.
  private static let warmUp = 600
  private static let counted = 2_000
  private static let rounds = 4

  @Test(
    "after warm-up, rankings allocate nothing on a worker's thread, and take one lock: that of the user's last tweets",
    .enabled(if: !Executables.areSanitized, "sanitizers bring an allocator of their own"))
  func rankingsAllocateNothing() throws {
    let folder = try TemporaryFolder()
    let counts = folder.file("counts")
    let library = try PreloadedLibrary("count_allocations", in: folder)
    let sample = try SampleModel.shared()
    let server = try ServerProcess(under: ["/usr/bin/env", "APUS_COUNTS=\(counts)", library.setting])
    defer { _ = try? server.stop() }
    let client = try RawClient(port: server.port)
    var id: UInt64 = 0
    func rank(_ calls: Int) throws {
      for batch in 0..<calls / 20 {
        var stream: [UInt8] = []
        for call in 0..<20 {
          id += 1
          stream += CallMessage.rank(id, user: sample.users[(batch + call) % 100], sample.candidates(50)).frame
        }
        try client.send(stream)
        for _ in 0..<20 { #expect(try client.readReply().code == .ok) }
      }
    }
    try rank(Self.warmUp)
    var before = try Self.read(counts)
    #expect(before.allocations > 0, "the worker's start allocates: otherwise nothing is counted at all")
    var grown: [UInt64] = []
    // How much a turn reads and writes is up to the scheduler, so a buffer may find its final size only now.
    repeat {
      try rank(Self.counted)
      let after = try Self.read(counts)
      grown.append(after.allocations - before.allocations)
      #expect(after.locks - before.locks <= UInt64(Self.counted), "\(after.locks - before.locks) locks")
      before = after
    } while grown.last != 0 && grown.count < Self.rounds
    #expect(grown.last == 0, "\(grown) allocations, each in \(Self.counted) rankings")
  }

  private static func read(_ path: String) throws -> (allocations: UInt64, locks: UInt64) {
    let bytes = try Data(contentsOf: URL(filePath: path))
    try #require(bytes.count == 16)
    return bytes.withUnsafeBytes {
      ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
  }
}
