import ServerSupport
import Artifact
import Foundation
import Testing

/// The same inputs give the same bytes.
@Suite("Determinism")
struct CommandDeterminismTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func synthesize(_ name: String, seed: Int) throws -> String {
    let path = folder.file(name)
    let result = try runCommand(
      ["synthesize", "--out", path, "--users", "40", "--tweets", "200", "--seed", "\(seed)"])
    guard result.status == 0 else { throw TestFailure("\(result)") }
    return path
  }

  private func train(_ world: String, _ name: String, _ arguments: [String]) throws -> String {
    let path = folder.file(name)
    let result = try runCommand(
      ["train", "--data", world, "--out", path, "--factors", "8", "--epochs", "3"] + arguments)
    guard result.status == 0 else { throw TestFailure("\(result)") }
    return path
  }

  @Test("The same seed makes the same world, another seed another one")
  func worlds() throws {
    let (first, again, other) = (
      try synthesize("a", seed: 5), try synthesize("b", seed: 5), try synthesize("c", seed: 6)
    )
    let names = ["users.csv", "user_graph.csv", "tweets.csv", "user_engagements.csv", "impressions.csv"]
    for name in names {
      #expect(try contents("\(first)/\(name)") == contents("\(again)/\(name)"), "\(name)")
      #expect(try contents("\(first)/\(name)") != contents("\(other)/\(name)"), "\(name)")
    }
  }

  @Test("Training twice gives identical files; another seed gives other factors")
  func models() throws {
    let world = try synthesize("world", seed: 5)
    let first = try train(world, "first", ["--threads", "2"])
    let again = try train(world, "again", ["--threads", "2"])
    let other = try train(world, "other", ["--threads", "2", "--seed", "43"])
    #expect(try contents(first) == contents(again))
    let differing = try differences(first, other)
    #expect(differing.tensors.isSuperset(of: ["users.factors", "tweets.factors"]))
    #expect(differing.tensors.isDisjoint(with: ["tweets.vector.weights", "tweets.pagerank", "users.id", "tweets.id"]))
    #expect(differing.metadata == ["seed"])
  }

  @Test("In doubles the number of threads changes nothing but the metadata that says it; in floats also the factors")
  func threads() throws {
    let world = try synthesize("world", seed: 7)
    let one = try train(world, "one", ["--threads", "1", "--precision", "double"])
    for count in ["2", "5"] {
      let many = try train(world, "many", ["--threads", count, "--precision", "double"])
      let differing = try differences(one, many)
      #expect(differing.tensors == [] && differing.metadata == ["threads"], "\(count) threads")
    }
    let floats = try train(world, "floats", ["--threads", "1"])
    let many = try train(world, "many floats", ["--threads", "2"])
    let differing = try differences(floats, many)
    let learnt: Set = [
      "users.bias", "users.factors", "tweets.bias", "tweets.factors", "blend.mean", "blend.scale", "golden.score",
    ]
    #expect(differing.tensors.contains("users.factors") && differing.tensors.isSubset(of: learnt))
    #expect(differing.metadata == ["threads"])
  }

  /// Names of the tensors and of the metadata in which two models differ.
  private func differences(_ first: String, _ second: String) throws -> (tensors: Set<String>, metadata: Set<String>) {
    let (a, b) = (try TensorSet.read(path: first), try TensorSet.read(path: second))
    #expect(a.names == b.names && !a.names.isEmpty)
    let tensors = a.names.filter { name in
      guard let left = a.tensor(name), let right = b.tensor(name) else { return true }
      return left.shape != right.shape || !left.bytes.elementsEqual(right.bytes)
    }
    let keys = Set(a.metadata.keys).union(b.metadata.keys)
    return (Set(tensors), keys.filter { a.metadata[$0] != b.metadata[$0] })
  }
}
