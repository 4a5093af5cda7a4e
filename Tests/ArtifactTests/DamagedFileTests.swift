import Foundation
import Kernels
import Testing

@testable import Artifact

@Suite("Damaged model files are refused with a reason")
struct DamagedFileTests {
  private static func expectRefused(_ bytes: [UInt8], in folder: String, _ what: String) throws {
    switch try Fixture.read(bytes, in: folder) {
    case .success: Issue.record("accepted: \(what)")
    case .failure(let error): #expect(error.description.count > 10, "\(what)")
    }
  }

  @Test("a small file cut at every single length")
  func F54_everyTruncationOfASmallFile() throws {
    let bytes = try Fixture.bytes(of: Fixture.smallSet())
    try Fixture.withFolder { folder in
      for length in 0..<bytes.count {
        try Self.expectRefused(Array(bytes[..<length]), in: folder, "\(length) of \(bytes.count) bytes")
      }
      #expect(throws: Never.self) { try Fixture.read(bytes, in: folder).get() }
    }
  }

  @Test("a larger file cut at every 4 KiB and beside it")
  func F54_truncationsOfALargerFile() throws {
    let set = TensorSet()
    set.add("large", shape: [100_000], (0..<100_000).map { UInt32($0) })
    let bytes = try Fixture.bytes(of: set)
    try Fixture.withFolder { folder in
      for boundary in stride(from: 0, to: bytes.count, by: 4096) {
        for length in [boundary - 1, boundary, boundary + 1] where length >= 0 && length < bytes.count {
          try Self.expectRefused(Array(bytes[..<length]), in: folder, "\(length) bytes")
        }
      }
    }
  }

  @Test("each byte of a small file changed in turn, one bit and all bits")
  func F54_everyFlippedByte() throws {
    var bytes = try Fixture.bytes(of: Fixture.smallSet())
    try Fixture.withFolder { folder in
      for place in bytes.indices {
        for mask: UInt8 in [1 << UInt8(place % 8), 0x20, 0xFF] {
          bytes[place] ^= mask
          try Self.expectRefused(bytes, in: folder, "byte \(place) ^ \(mask)")
          bytes[place] ^= mask
        }
      }
    }
  }

  @Test("empty, zero-filled, random, text, and appended files")
  func F54_filesThatAreNoModel() throws {
    var generator = SeededGenerator(seed: 4)
    let model = try Fixture.bytes(of: Fixture.smallSet())
    let random = (0..<5000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    try Fixture.withFolder { folder in
      try Self.expectRefused([], in: folder, "empty")
      for size in [1, 8, 64, 4096, 1 << 20] {
        try Self.expectRefused([UInt8](repeating: 0, count: size), in: folder, "\(size) zeros")
      }
      try Self.expectRefused(random, in: folder, "random bytes")
      try Self.expectRefused(Array("user_id,tweet_id\n1,2\n".utf8), in: folder, "a CSV file")
      try Self.expectRefused(Array("\u{7F}ELF".utf8) + random, in: folder, "a program")
      try Self.expectRefused(model + [0], in: folder, "one byte more")
      try Self.expectRefused(model + model, in: folder, "two models")
      try Self.expectRefused(Array(model.dropFirst()), in: folder, "first byte missing")
    }
  }

  @Test("header lengths up to 2^64 - 1, with and without a model behind them")
  func F54_absurdHeaderLengths() throws {
    let model = try Fixture.bytes(of: Fixture.smallSet())
    let right = model[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    try Fixture.withFolder { folder in
      let lengths: [UInt64] = [0, 1, 45, 64, 1 << 24, 1 << 31, 1 << 32, 1 << 62, 1 << 63, .max, .max - 7, right + 64]
      for length in lengths {
        let start = Fixture.littleEndian(length)
        try Self.expectRefused(start, in: folder, "header length \(length) alone")
        try Self.expectRefused(start + model[8...], in: folder, "header length \(length)")
      }
      // Big-endian length, as a writer of the wrong byte order would leave it.
      try Self.expectRefused(Array(model[..<8].reversed()) + model[8...], in: folder, "wrong byte order")
    }
  }

  @Test("a folder, a missing file, a named pipe and a path through a file")
  func F54_pathsThatAreNoFile() throws {
    try Fixture.withFolder { folder in
      #expect(throws: ArtifactError.notAFile(path: folder)) { try TensorSet.read(path: folder) }
      let missing = "\(folder)/missing"
      #expect(throws: ArtifactError.system(operation: "open", path: missing, code: ENOENT)) {
        try TensorSet.read(path: missing)
      }
      let pipe = "\(folder)/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      #expect(throws: ArtifactError.notAFile(path: pipe)) { try TensorSet.read(path: pipe) }
      #expect(throws: ArtifactError.self) { try TensorSet.read(path: "\(pipe)/below") }
    }
  }

  @Test("a file truncated, overwritten and deleted after it was read changes nothing")
  func F55_fileChangedAfterReading() throws {
    let set = TensorSet()
    set.add("large", shape: [1_000_000], [UInt32](repeating: 7, count: 1_000_000))
    try Fixture.withFolder { folder in
      let path = "\(folder)/model.safetensors"
      try set.write(to: path)
      let read = try TensorSet.read(path: path)
      #expect(truncate(path, 10) == 0)
      try Data("garbage".utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.removeItem(atPath: path)
      let column = try read.column("large", of: UInt32.self, shape: [1_000_000])
      #expect(withExtendedLifetime(read) { column.allSatisfy { $0 == 7 } })
    }
  }

  @Test("a file that cannot be written leaves nothing behind, and an old file as it was")
  func failedWrite() throws {
    try Fixture.withFolder { folder in
      let set = Fixture.smallSet()
      #expect(throws: ArtifactError.self) { try set.write(to: "\(folder)/no/such/folder/model") }
      let occupied = "\(folder)/occupied"
      try FileManager.default.createDirectory(atPath: occupied, withIntermediateDirectories: true)
      #expect(throws: ArtifactError.self) { try set.write(to: occupied) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["occupied"])
      try set.write(to: "\(folder)/model")
      let other = TensorSet()
      try other.write(to: "\(folder)/model")
      #expect(try TensorSet.read(path: "\(folder)/model").names.isEmpty)
    }
  }
}
