import Artifact
import FuzzSupport
import Glibc
import Kernels
import Ranking

@testable import Serving

/// Any bytes as a model file: refused with a reason, or a model that ranks without a stop, with scores that are numbers.
///
/// Input: whether it is a file as it is, or what a writer would put into one: the header's JSON behind the checksum, a zero byte,
/// the data. Then length, checksum and alignment are made for it, since no mutation finds those by itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzModel(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let choice = input.byte()
  let file = choice & 1 == 0 ? ForgedModel.file(of: input.rest) : Array(input.rest)
  ModelFile.shared.fill(file)
  if choice & 2 != 0 {
    do throws(ArtifactError) { _ = try TensorSet.read(foreign: ModelFile.shared.path) } catch {
      hold(!error.description.isEmpty, "no reason")
    }
  }
  do throws(ServerError) {
    rank(try ModelLoader.load(path: ModelFile.shared.path))
  } catch {
    hold(!error.description.isEmpty, "no reason")
  }
  return 0
}

/// A file that is nowhere on a disk, and has a path nevertheless.
private final class ModelFile {
  nonisolated(unsafe) static let shared = ModelFile()

  let path: String
  private let descriptor: Int32

  private init() {
    descriptor = memfd_create("model", 0)
    precondition(descriptor >= 0, "no file in memory: errno \(errno)")
    path = "/proc/self/fd/\(descriptor)"
  }

  func fill(_ bytes: [UInt8]) {
    precondition(ftruncate(descriptor, 0) == 0 && pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, "memory")
  }
}

/// Ranks tweets of the model and others, with everything that a call can ask for.
private func rank(_ model: Model) {
  let known = model.tweets.ids.prefix(20)
  var tweets = Array(known) + [1, 2]
  let scratch = RankScratch(model: model, capacity: 64, seed: 1)
  var generator = SeededGenerator(seed: 1)
  let text = Array("the comet #kestrel @wren t.co/a".utf8)
  for user in [model.users.ids.first ?? 5, 6] {
    text.withUnsafeBytes { text in
      withUnsafeTemporaryAllocation(of: NewTweet.self, capacity: 1) { new in
        new.initialize(repeating: NewTweet(tweetID: 3, authorID: user, callerScore: 0.5, text: text))
        tweets.withUnsafeBufferPointer { tweets in
          let query = RankQuery(
            userID: user, tweetIDs: tweets, newTweets: UnsafeBufferPointer(new), explains: true, includesText: true)
          let scores = Scorer.score(query, model: model, scratch: scratch)
          hold(scores.allSatisfy(\.isFinite), "scores \(Array(scores))")
          let ranked = Ranker.rank(
            query, model: model, policy: BanditPolicy(), requestID: 1, scratch: scratch, using: &generator)
          hold(ranked.scores.allSatisfy(\.isFinite), "ranked by \(Array(ranked.scores))")
          hold(ranked.values.allSatisfy(\.isFinite), "explained by \(Array(ranked.values))")
          hold(Set(ranked.tweetIDs) == Set(tweets).union([3]), "ranked \(Array(ranked.tweetIDs))")
        }
      }
    }
    tweets.reverse()
  }
}
