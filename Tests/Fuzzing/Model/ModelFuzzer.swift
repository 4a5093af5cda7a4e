import Artifact
import FuzzSupport
import Glibc
import Kernels
import Ranking

/// Any bytes as a model file: refused with a reason, or a model that ranks whatever it is asked for. A loader would still
/// refuse most of those, whose golden requests have other scores; nothing here relies on that.
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
  let tensors: TensorSet
  do throws(ArtifactError) { tensors = try TensorSet.read(path: ModelFile.shared.path) } catch {
    hold(!error.description.isEmpty, "no reason")
    return 0
  }
  do throws(ModelError) { rank(try Model(tensors)) } catch { hold(!error.description.isEmpty, "no reason") }
  return 0
}

/// A file that is nowhere on a disk, and has a path nevertheless.
private final class ModelFile {
  nonisolated(unsafe) static let shared = ModelFile()

  let path: String
  private let descriptor: Int32

  private init() {
    let name = "/apus-fuzz-\(getpid())"
    descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
    precondition(descriptor >= 0 && shm_unlink(name) == 0, "no file in memory: errno \(errno)")
    path = "/proc/self/fd/\(descriptor)"
  }

  func fill(_ bytes: [UInt8]) {
    precondition(ftruncate(descriptor, 0) == 0 && pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, "memory")
  }
}

private let text = Array("the comet #kestrel @wren t.co/a".utf8)

/// Ranks tweets of the model and others, with everything that a call can ask for.
private func rank(_ model: Model) {
  let scratch = RankScratch(model: model, capacity: 64, seed: 1)
  do throws(ModelError) { try GoldenRequests.verify(model, scratch: scratch) } catch {
    hold(!error.description.isEmpty, "no reason")
  }
  var random = SeededGenerator(seed: 1)
  let tweets = Array(model.tweets.ids.prefix(20)) + [1, 2]
  for user in [model.users.ids.first ?? 5, 6] {
    text.withUnsafeBytes { text in
      withUnsafeTemporaryAllocation(of: NewTweet.self, capacity: 1) { new in
        new.initialize(repeating: NewTweet(tweetID: 3, authorID: user, callerScore: 0.5, text: text))
        tweets.withUnsafeBufferPointer { columns in
          let query = RankQuery(
            userID: user, tweetIDs: columns, newTweets: UnsafeBufferPointer(new), explains: true, includesText: true)
          _ = Scorer.score(query, model: model, scratch: scratch)
          let ranked = Ranker.rank(
            query, model: model, policy: BanditPolicy(), requestID: 1, scratch: scratch, using: &random)
          hold(Set(ranked.tweetIDs) == Set(tweets).union([3]), "ranked \(Array(ranked.tweetIDs))")
        }
      }
    }
  }
  list(model, scratch)
}

/// Answers the calls that name no candidates.
private func list(_ model: Model, _ scratch: RankScratch) {
  let generator = CandidateGenerator(model: model, index: CandidateIndex(model: model), capacity: 16)
  for user in [model.users.ids.last ?? 5, 6] {
    let found = generator.candidates(for: user, time: 0, limit: 8)
    hold(found.map { $0.count <= 8 } ?? false, "more candidates than asked for")
  }
  let similar = SimilarTweets(model: model)
  if model.tweets.count > 0 { _ = similar.nearest(toRow: 0, limit: 3) }
  _ = text.withUnsafeBytes { similar.nearest(toText: $0, limit: 3, scratch: scratch) }
  for order in [TopTweets.Order.pageRank, .popularity] { _ = model.top.rows(by: order) }
}
