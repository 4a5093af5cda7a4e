import Artifact
import Foundation
import Testing

@testable import Feedback

@Suite struct FoldSnapshotTests {
  private func withFile(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("apus-fold-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test("a snapshot that was cut anywhere, or has a bit changed anywhere, is refused")
  func damageIsRefused() throws {
    try withFile { path in
      try folded(FoldWorld(seed: 1, rankings: 3).entries).snapshot().write(to: path)
      let whole = contents(of: path)
      #expect(throws: Never.self) { try FoldedState.read(path: path) }
      var random = SmallRandom(1)
      for length in stride(from: 0, to: whole.count, by: 1 + whole.count / 400) {
        put(whole[..<length], into: path)
        #expect(throws: ArtifactError.self, "\(length) bytes") { try FoldedState.read(path: path) }
      }
      for place in stride(from: 0, to: whole.count, by: 1 + whole.count / 800) {
        var bytes = whole
        bytes[place] ^= 1 << UInt8(random.below(8))
        put(bytes, into: path)
        #expect(throws: ArtifactError.self, "byte \(place)") { try FoldedState.read(path: path) }
      }
    }
  }

  @Test("a copy is the same in everything, and stays so while the original goes on", arguments: 1...4)
  func copies(seed: UInt64) {
    let entries = FoldWorld(seed: seed).entries
    let half = entries.count / 2
    let state = folded(Array(entries[..<half]))
    let copy = state.copy()
    #expect(
      copy.snapshot().version == state.snapshot().version && copy.digest() == folded(Array(entries[..<half])).digest())
    let before = copy.digest()
    for entry in entries[half...] { state.apply(entry) }
    #expect(state.digest() == folded(entries).digest() && state.digest() != before && copy.digest() == before)
    for entry in entries[half...] { copy.apply(entry) }
    #expect(copy.digest() == state.digest())
  }

  /// A sound file with one thing changed.
  private func changed(_ body: (TensorSet, TensorSet) -> Void) throws {
    let sound = folded(FoldWorld(seed: 1).entries).snapshot()
    let other = TensorSet()
    body(sound, other)
    #expect(throws: ArtifactError.self) { try FoldedState(other, limits: FoldLimits()) }
  }

  /// All tensors but one.
  private func copy(_ sound: TensorSet, to other: TensorSet, without left: String) {
    other.metadata = sound.metadata
    for name in sound.names where name != left {
      guard let tensor = sound.tensor(name) else { continue }
      switch tensor.type {
      case .u8: other.add(name, shape: tensor.shape, Array(tensor.bytes.bindMemory(to: UInt8.self)))
      case .i16: other.add(name, shape: tensor.shape, Array(tensor.bytes.bindMemory(to: Int16.self)))
      case .u32: other.add(name, shape: tensor.shape, Array(tensor.bytes.bindMemory(to: UInt32.self)))
      case .u64: other.add(name, shape: tensor.shape, Array(tensor.bytes.bindMemory(to: UInt64.self)))
      case .i64: other.add(name, shape: tensor.shape, Array(tensor.bytes.bindMemory(to: Int64.self)))
      case .f64: other.add(name, shape: tensor.shape, Array(tensor.bytes.bindMemory(to: Double.self)))
      default: Issue.record("\(name) is \(tensor.type)")
      }
    }
  }

  @Test("a file that lacks a part, or contradicts itself, is refused and stops nothing")
  func contradictionsAreRefused() throws {
    for name in folded([]).snapshot().names {
      try changed { copy($0, to: $1, without: name) }
      // Keys may be as many as they like.
      guard name != FoldSchema.keys else { continue }
      try changed {
        copy($0, to: $1, without: name)
        // As long as no other part is, and of a type that few parts have.
        $1.add(name, shape: [3], [UInt64.max, 0, 5])
      }
    }
    for width in [0, 1, 255] as [UInt8] {
      try changed {
        copy($0, to: $1, without: FoldSchema.rankingWidth)
        $1.add(FoldSchema.rankingWidth, shape: [40], [UInt8](repeating: width, count: 40))
      }
    }
    for key in [FoldSchema.format, FoldSchema.version] {
      try changed {
        copy($0, to: $1, without: "")
        $1.metadata[key] = "3"
      }
    }
    try changed {
      copy($0, to: $1, without: FoldSchema.rankingID)
      $1.add(FoldSchema.rankingID, shape: [40], [UInt64](repeating: 9, count: 40))
    }
  }
}
