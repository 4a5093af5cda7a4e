import Artifact
import Testing

@testable import Ranking

private typealias Name = ModelSchema.Tensor

@Suite("A model is refused, with tensor, element and value, for")
struct ModelRefusalTests {
  static let values: [Refusal] = [
    .init("tensor 'users.id' element 2: got: 5 expected: more than 9") { $0.userIDs = [1, 9, 5, 10] },
    .init("tensor 'users.id' element 1: got: 7 expected: more than 7") { $0.userIDs = [7, 7, 8, 9] },
    .init("tensor 'tweets.id' element 5: got: 0 expected: more than 5") { $0.tweetIDs = [1, 2, 3, 4, 5, 0] },
    .init("tensor 'tweets.id' element 5: got: 18446744073709551615 expected: more than 18446744073709551615") {
      $0.tweetIDs = [1, 2, 3, 4, .max, .max]
    },
    .init("tensor 'tweets.author' element 3: got: 4 expected: less than 4, or no row") { $0.authors[3] = 4 },
    .init("tensor 'tweets.author' element 0: got: 4294967294 expected: less than 4, or no row") {
      $0.authors[0] = .max - 1
    },
    .init("tensor 'users.bias' element 1: got: nan expected: a finite number") { $0.userBias[1] = .nan },
    .init("tensor 'users.factors' element 5: got: inf expected: a finite number") { $0.userFactors[1][2] = .infinity },
    .init("tensor 'tweets.bias' element 0: got: -inf expected: a finite number") { $0.tweetBias[0] = -.infinity },
    .init("tensor 'tweets.factors' element 17: got: nan expected: a finite number") { $0.tweetFactors[5][2] = .nan },
    .init("tensor 'tweets.popularity' element 4: got: inf expected: a finite number") { $0.popularity[4] = .infinity },
    .init("tensor 'vocabulary.idf' element 2: got: nan expected: a finite number") { $0.idf[2] = .nan },
    .init("tensor 'svd.mean' element 0: got: nan expected: a finite number") { $0.mean = .nan },
    .init("tensor 'svd.mean' element 0: got: 1e+39 expected: a number in the range of Float") { $0.mean = 1e39 },
    .init("tensor 'users.pagerank' element 2: got: nan expected: a finite number") { $0.userRanks[2] = .nan },
    .init("tensor 'users.pagerank' element 3: got: 0.0 expected: a positive number") { $0.userRanks[3] = 0 },
    .init("tensor 'tweets.pagerank' element 1: got: -0.5 expected: a positive number") {
      $0.tweetRanks[1] = -0.5
      $0.tweetRanks[2] = 0
    },
    .init("column users.profile: row 0 has an entry in column 5 of 5") { $0.userProfiles[0] = [(1, 0.5), (5, 0.5)] },
    .init("column tweets.vector: row 2 has column 1 after column 1") { $0.tweetVectors[2] = [(1, 0.5), (1, 0.5)] },
    .init("column tweets.vector: row 3 has column 0 after column 4") { $0.tweetVectors[3] = [(4, 0.5), (0, 0.5)] },
    .init("column users.profile: row 1 has the weight inf in column 3") { $0.userProfiles[1] = [(3, .infinity)] },
    .init("column tweets.name: the last offset is 1, expected 0") {
      $0.tweetNames = .init(repeating: "", count: 6)
      $0.replace("\(Name.tweetName).offsets", [UInt64](arrayLiteral: 0, 0, 0, 0, 0, 0, 1))
    },
    .init("column users.name: offset 2 is 1, less than 3 before it") {
      $0.userNames = ["abc", "", "d", ""]
      $0.replace("\(Name.userName).offsets", [UInt64](arrayLiteral: 0, 3, 1, 4, 4))
    },
    .init("column tweets.text: the first offset is 1, expected 0") {
      $0.replace("\(Name.tweetText).offsets", [UInt64](arrayLiteral: 1, 1, 1, 1, 1, 1, 1))
    },
  ]

  private static let tooMuch = "contributions of at most 1000000.0"

  static let blends: [Refusal] = [
    .init("tensor 'blend.weight' element 1: got: nan expected: a finite number") { $0.weights[1] = .nan },
    .init("tensor 'blend.mean' element 2: got: inf expected: a finite number") { $0.means[2] = .infinity },
    .init("tensor 'blend.scale' element 3: got: inf expected: a finite number") { $0.scales[3] = .infinity },
    .init("tensor 'blend.bound' element 4: got: nan expected: a finite number") { $0.bounds[4] = .nan },
    .init("tensor 'blend.scale' element 0: got: 0.0 expected: a positive number") { $0.scales[0] = 0 },
    .init("tensor 'blend.scale' element 4: got: -1.0 expected: a positive number") { $0.scales[4] = -1 },
    .init("tensor 'blend.bound' element 2: got: -0.0 expected: a positive number") { $0.bounds[2] = -0.0 },
    .init("tensor 'blend.weight' element 3: got: -100001.0 with bound 10.0 expected: \(tooMuch)") {
      $0.weights[3] = -100_001
    },
    .init("tensor 'blend.weight' element 0: got: 2.0 with bound 3e+38 expected: \(tooMuch)") {
      $0.weights[0] = 2
      $0.bounds[0] = 3e38
    },
    .init("tensor 'blend.scale' element 1: got: 1e-45 expected: a larger scale") {
      $0.scales[1] = .leastNonzeroMagnitude
    },
    .init("tensor blend.weight: shape [4], expected [7]") {
      $0.replace(Name.blendWeight, [Float](repeating: 1, count: 4))
    },
    .init("the blend is over signals (missing), this program computes '\(Signal.joinedNames)'") {
      $0.metadata[ModelSchema.Metadata.signals] = nil
    },
    .init("the blend is over signals 'profile,likes', this program computes '\(Signal.joinedNames)'") {
      $0.metadata[ModelSchema.Metadata.signals] = "profile,likes"
    },
    .init("the blend is over signals 'svd,profile,svd', this program computes '\(Signal.joinedNames)'") {
      $0.metadata[ModelSchema.Metadata.signals] = "svd,profile,svd"
    },
  ]

  static let shapes: [Refusal] = [
    .init("format version is missing, this program reads '1'") {
      $0.metadata[ModelSchema.Metadata.formatVersion] = nil
    },
    .init("format version is '2', this program reads '1'") { $0.metadata[ModelSchema.Metadata.formatVersion] = "2" },
    .init("tensor users.id: shape [2, 2], expected [any]") {
      $0.replace(Name.userID, shape: [2, 2], [UInt64](arrayLiteral: 1, 2, 3, 4))
    },
    .init("tensor users.id: element type F64, expected U64") { $0.replace(Name.userID, [Double](arrayLiteral: 1, 2)) },
    .init("tensor users.bias: shape [3], expected [4]") { $0.replace(Name.userBias, [Float](repeating: 0, count: 3)) },
    .init("tensor users.factors: shape [12], expected [4, any]") {
      $0.replace(Name.userFactors, [Float](repeating: 0, count: 12))
    },
    .init("tensor tweets.factors: shape [6, 2], expected [6, 3]") {
      $0.replace(Name.tweetFactors, shape: [6, 2], [Float](repeating: 0, count: 12))
    },
    .init("tensor tweets.author: shape [5], expected [6]") {
      $0.replace(Name.tweetAuthor, [UInt32](repeating: 0, count: 5))
    },
    .init("tensor tweets.pagerank: shape [7], expected [6]") {
      $0.replace(Name.tweetPageRank, [Double](repeating: 1, count: 7))
    },
    .init("tensor tweets.created_at: element type U64, expected I64") {
      $0.replace(Name.tweetCreatedAt, [UInt64](repeating: 0, count: 6))
    },
    .init("tensor svd.mean: shape [2], expected [1]") { $0.replace(Name.mean, [0.5, 0.5]) },
    .init("tensor vocabulary.term.offsets: shape [6], expected [5]") {
      $0.idf.removeLast()
      $0.replace(Name.inverseDocumentFrequency, [Double](repeating: 1, count: 4))
    },
  ]

  @Test("values out of their range", arguments: values)
  func badValues(refusal: Refusal) { #expect(refusal.refusal() == refusal.testDescription) }

  @Test("a blend that this program cannot compute, or not safely", arguments: blends)
  func badBlends(refusal: Refusal) { #expect(refusal.refusal() == refusal.testDescription) }

  @Test("another version, type or shape", arguments: shapes)
  func badShapes(refusal: Refusal) { #expect(refusal.refusal() == refusal.testDescription) }

  @Test("a missing tensor, whichever it is")
  func missingTensors() throws {
    let fixture = ModelFixture.random(seed: 1, users: 4, tweets: 6, terms: 5, factors: 3)
    let names = fixture.tensors().names.filter { !$0.hasPrefix("golden.") }
    #expect(names.count == 33)
    for name in names {
      var changed = fixture
      changed.omit(name)
      #expect {
        try changed.model()
      } throws: { error in
        "\(error)" == "tensor \(name) is missing"
      }
    }
  }

  @Test("nothing at all, if nothing was changed: the model that all of these begin with is good")
  func baseline() { #expect(Refusal("") { _ in }.refusal() == nil) }
}
