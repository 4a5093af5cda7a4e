import Artifact
import Foundation
import ServerSupport

/// The sample's model, and one that was trained on an earlier part of the same world: other weights, other factors, another
/// time up to which it knows what happened.
struct TwoModels: Sendable {
  let newer: String
  let older: String
  let newerVersion: String
  let olderVersion: String
  private let folder: TemporaryFolder

  static func shared() throws -> TwoModels { try made.get() }

  private static let made = Result { try TwoModels() }

  private init() throws {
    let sample = try SampleModel.shared()
    folder = try TemporaryFolder()
    newer = sample.modelPath
    older = folder.file("older.safetensors")
    let world = folder.file("world")
    try FileManager.default.copyItem(atPath: sample.worldFolder, toPath: world)
    try Self.dropLaterEngagements(world + "/user_engagements.csv")
    let (status, _, errors) = try runCommand([
      "train", "--data", world, "--out", older, "--factors", "16", "--epochs", "5", "--threads", "1",
      "--blend-lists", "200",
    ])
    guard status == 0 else { throw TestFailure("training ended with \(status): \(errors)") }
    (newerVersion, olderVersion) = (
      try TensorSet.read(path: newer).version, try TensorSet.read(path: older).version
    )
  }

  /// Keeps the first two thirds by time. The file quotes nothing.
  private static func dropLaterEngagements(_ path: String) throws {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    guard let column = lines[0].split(separator: ",").firstIndex(of: "timestamp") else {
      throw TestFailure("\(path) has no times: \(lines[0])")
    }
    func time(_ line: Substring) -> String {
      String(line.split(separator: ",", omittingEmptySubsequences: false)[column])
    }
    let times = lines.dropFirst().map(time).sorted { $0.count != $1.count ? $0.count < $1.count : $0 < $1 }
    let last = times[times.count * 2 / 3]
    let kept = lines.dropFirst().filter {
      time($0).count < last.count || (time($0).count == last.count && time($0) <= last)
    }
    try ([lines[0]] + kept).joined(separator: "\n").appending("\n").write(
      toFile: path, atomically: true, encoding: .utf8)
  }

  /// A copy of a model's file with one tensor changed, and the checksum right.
  static func poison<T: TensorElement>(
    _ path: String, to target: String, _ tensor: String, _ change: (inout [T]) -> Void
  )
    throws
  {
    let model = try TensorSet.read(path: path)
    guard let found = model.tensor(tensor) else { throw TestFailure("no tensor \(tensor)") }
    var values = Array(try model.column(tensor, of: T.self, shape: found.shape.map { $0 }))
    change(&values)
    let changed = TensorSet()
    changed.metadata = model.metadata
    changed.addCopies(of: model) { $0 != tensor }
    changed.add(tensor, shape: found.shape, values)
    try changed.write(to: target)
  }
}
