import ServerSupport
import Artifact
import Foundation
import ParitySupport
import Testing

/// Files that are no model, or no longer one: `apus serve` and `apus inspect` refuse them.
@Suite("Damaged models")
struct CommandModelFaultTests {
  private let folder: TemporaryFolder
  private let sound: [UInt8]
  private var path: String { folder.file("model") }

  init() throws {
    folder = try TemporaryFolder()
    sound = try contents(SampleModel.shared().modelPath)
  }

  private func serve() throws -> CommandResult {
    try runCommand(
      ["serve", "--model", path, "--listen", "127.0.0.1:0", "--state", folder.file("state")], folder: folder.path)
  }

  /// Both commands must refuse what is at `path`, naming it.
  private func expectRefused(
    _ parts: String..., status: Int32 = 65, location: SourceLocation = #_sourceLocation
  ) throws {
    for result in [try serve(), try runCommand(["inspect", path])] {
      expectRefusal(result, status: status, path, location: location)
      for part in parts { #expect(result.stderr.contains(part), "\(result.stderr)", sourceLocation: location) }
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("state")), "a state folder for no server")
  }

  @Test("F54: a model truncated at any length is refused")
  func F54_truncated() throws {
    var dice = Dice(54)
    let lengths =
      [1, 7, 8, 9, 63, 64, 4_096, sound.count / 2, sound.count - 4_096, sound.count - 1]
      + (0..<(Executables.areSanitized ? 4 : 20)).map { _ in dice.below(sound.count) }
    for length in lengths {
      try write(Array(sound.prefix(length)), to: path)
      try expectRefused()
    }
  }

  @Test("F54: a model with any one byte changed is refused")
  func F54_flipped() throws {
    var dice = Dice(55)
    // Half of the places in the header, where a change is most likely to mislead a parser.
    let headerEnd = 8 + Int(sound[0]) + Int(sound[1]) << 8
    for round in 0..<(Executables.areSanitized ? 30 : 200) {
      let place = dice.below(round % 2 == 0 ? headerEnd : sound.count)
      var bytes = sound
      bytes[place] ^= 1 << UInt8(dice.below(8))
      try write(bytes, to: path)
      let result = try serve()
      expectRefusal(result, status: 65, path)
      if result.status != 65 { Issue.record("byte \(place) of \(sound.count)") }
    }
  }

  @Test("F54: what is no model at all is refused with the reason")
  func F54_notAModel() throws {
    try expectRefused("No such file", status: 66)
    try write([], to: path)
    try expectRefused("the file is empty")
    try write([UInt8](repeating: 0, count: sound.count), to: path)
    try expectRefused()
    try write([UInt8](repeating: 0xFF, count: 4_096), to: path)
    try expectRefused("not a model file")
    try write(Array("PK\u{3}\u{4}".utf8) + sound, to: path)
    try expectRefused()
    try write(Array("user_id,tweet_id\nalice,1\n".utf8), to: path)
    try expectRefused("not a model file")
    try write(sound + [0], to: path)
    try expectRefused("after its last tensor")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try expectRefused("is not a regular file")
  }

  @Test("F54: a sound file that is a model of another version, or contradicts itself, is refused")
  func F54_wrongContents() throws {
    func write(_ change: (TensorSet) -> Void, without: String? = nil) throws {
      let model = try TensorSet.read(path: SampleModel.shared().modelPath)
      let changed = TensorSet()
      changed.metadata = model.metadata
      changed.addCopies(of: model) { $0 != without }
      change(changed)
      try changed.write(to: path)
    }
    try write { _ in }
    #expect(try runCommand(["inspect", path]).status == 0, "the copy is sound")
    try write { $0.metadata["format_version"] = "2" }
    try expectRefused("2")
    try write { $0.metadata["format_version"] = nil }
    try expectRefused("version")
    try write { $0.metadata["signals"] = "svd,astrology" }
    try expectRefused("astrology")
    try write({ _ in }, without: "vocabulary.idf")
    try expectRefused("vocabulary.idf")
    try write({ $0.add("svd.mean", shape: [1], [Double.nan]) }, without: "svd.mean")
    try expectRefused("svd.mean")
    try write({ $0.add("blend.scale", shape: [5], [Float](repeating: 0, count: 5)) }, without: "blend.scale")
    try expectRefused("blend.scale")
  }

  @Test("F54: a model whose golden requests come out otherwise is not served")
  func F54_goldenScores() throws {
    let model = try TensorSet.read(path: SampleModel.shared().modelPath)
    let changed = TensorSet()
    changed.metadata = model.metadata
    changed.addCopies(of: model) { $0 != "moment.fresh.offset" }
    let offset = try model.column("moment.fresh.offset", of: Float.self, shape: [1])
    changed.add("moment.fresh.offset", shape: [1], [offset[0] + 0.5])
    try changed.write(to: path)
    try expectRefused("golden")
  }
}
