import Artifact
import ArgumentParser
import Foundation
import Ranking
import Serving

/// `apus inspect`: what is in a model file.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what is in a model file: metadata, tensors, and a user's interests.",
    discussion: """
      The whole file is checked as a server would check it.

      Examples:
        apus inspect model.safetensors
        apus inspect model.safetensors --user user_17
      """)

  @Argument(help: ArgumentHelp("Model file.", valueName: "file"))
  var model: String

  @Option(help: "Show this user's interests: terms, hashtags and authors, those that weigh most first.")
  var user: String?

  @Flag(help: "Print JSON.")
  var json = false

  /// The whole answer, for `--json`.
  struct Contents: Encodable {
    /// One tensor.
    struct TensorLine: Encodable {
      let name: String
      let type: String
      let shape: [Int]
      let bytes: Int
    }
    /// One user's interests.
    struct Profile: Encodable {
      /// A term and its weight.
      struct Term: Encodable {
        let term: String
        let weight: Float
      }
      /// A hashtag or an author, and engagements, older ones counting less.
      struct Share: Encodable {
        let name: String
        let weight: Float
      }
      let user: String
      let engagements: UInt32
      let terms: [Term]
      let hashtags: [Share]
      let authors: [Share]
    }
    let version: String
    let metadata: [String: String]
    let tensors: [TensorLine]
    let profile: Profile?
  }

  func run() throws {
    let tensors: TensorSet
    let bound: Model
    do throws(ServerError) {
      (tensors, bound) = try ModelLoader.loadWithTensors(path: model)
    } catch {
      if case .modelFile(let path, let error) = error { throw Failure.modelFile(path, error) }
      throw Failure.badData.exit("\(error)")
    }
    let lines = tensors.names.compactMap { name in
      tensors.tensor(name).map {
        Contents.TensorLine(name: name, type: $0.type.rawValue, shape: $0.shape, bytes: $0.bytes.count)
      }
    }
    let contents = Contents(
      version: tensors.version, metadata: tensors.metadata, tensors: lines,
      profile: try user.map { try Self.profile($0, bound, tensors) })
    if json { try JSONOutput.print(contents) } else { Self.show(contents) }
  }

  private static func profile(_ key: String, _ model: Model, _ tensors: TensorSet) throws -> Contents.Profile {
    let row = model.users.row(of: EntityID.of(key))
    guard row != ModelSchema.noRow else { throw Failure.badData.exit("the model does not know user '\(key)'") }
    let names = try tensors.strings(ModelSchema.Tensor.term, count: model.vocabulary.count)
    let entries = model.users.profiles.entries(ofRow: Int(row))
    let best = entries.sorted { model.users.profiles.weights[$0] > model.users.profiles.weights[$1] }.prefix(15)
    let interests = try UserInterests(ofRow: Int(row), model: model, limit: 15)
    return Contents.Profile(
      user: model.users.name(row: Int(row)), engagements: model.users.engagements[Int(row)],
      terms: best.map {
        .init(term: names.string(Int(model.users.profiles.terms[$0])), weight: model.users.profiles.weights[$0])
      },
      hashtags: interests.hashtags.map { .init(name: $0.name, weight: $0.weight) },
      authors: interests.authors.map { .init(name: $0.name, weight: $0.weight) })
  }

  private static func show(_ contents: Contents) {
    if let profile = contents.profile {
      print("User \(profile.user): \(profile.engagements) engagements.")
      let lists = [
        ("Terms", profile.terms.map { ($0.term, $0.weight) }),
        ("Hashtags", profile.hashtags.map { ("#\($0.name)", $0.weight) }),
        ("Authors", profile.authors.map { ($0.name, $0.weight) }),
      ]
      for (title, shares) in lists where !shares.isEmpty {
        let parts = shares.map { "\($0) \(String(format: "%.2f", Double($1)))" }
        print("\(title): \(parts.joined(separator: ", ")).")
      }
      return
    }
    var facts = TextTable([("metadata", .left), ("value", .left)])
    facts.add(["version", contents.version])
    for (key, value) in contents.metadata.sorted(by: { $0.key < $1.key }) { facts.add([key, value]) }
    print(facts.render() + "\n")
    var table = TextTable([("tensor", .left), ("type", .left), ("shape", .left), ("bytes", .right)])
    for line in contents.tensors {
      table.add([line.name, line.type, "[\(line.shape.map(String.init).joined(separator: ", "))]", "\(line.bytes)"])
    }
    print(table.render())
  }
}
