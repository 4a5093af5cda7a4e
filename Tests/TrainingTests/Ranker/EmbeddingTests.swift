import Artifact
import Glibc
import Kernels
import ParitySupport
import Testing

@testable import Ranking
@testable import Training

@Suite("Embeddings of tweets")
struct EmbeddingTests {
  private static let width = 9

  /// Circle k's tweets point along axis k, with noise; t299 has none, and one row is of an unknown tweet.
  private static func write(
    _ folder: TemporaryFolder, _ data: TrainingData, change: (inout [UInt64], inout [Float]) -> Void = { _, _ in }
  ) throws -> String {
    var generator = SeededGenerator(seed: 8)
    var ids: [UInt64] = [7]
    var values = [Float](repeating: 1, count: width)
    for tweet in 0..<299 {
      ids.append(EntityID.of("t\(tweet)"))
      let row = data.tweets.row(of: EntityID.of("t\(tweet)"))
      let circle = Int(data.tweetAuthors[Int(row)]) % 4
      for k in 0..<width { values.append((k == circle ? 1 : 0) + 0.2 * Float(generator.gaussian())) }
    }
    change(&ids, &values)
    let set = TensorSet()
    set.add("ids", shape: [ids.count], ids)
    set.add("embeddings", shape: [ids.count, values.count / max(1, ids.count)], values)
    try set.write(to: folder.path + "/embeddings.safetensors")
    return folder.path + "/embeddings.safetensors"
  }

  @Test("the signal is the cosine with the decayed sum of what the user engaged with, missing where there is nothing")
  func signal() throws {
    let fixture = try MomentWorldFixture()
    var data = fixture.data
    let file = try EmbeddingFile.read(path: try Self.write(fixture.folder, data), tweets: data.tweets)
    #expect(file.report.tweets == 299 && file.report.unknownTweets == 1 && file.width == Self.width)
    data.embeddings = file
    let text = try RankerText(
      data: data, options: fixture.options.text, end: nil, progress: SilentProgress(), parallel: Parallel(threads: 1))
    var builder = FactsBuilder(data: data, vectors: text.vectors)
    let facts = builder.build()
    let history = History(facts: facts, people: data.users.count, tags: builder.tags.count, terms: text.termCount)
    var replay = Replay(data, order: EventOrder(data), history: history)
    let time: Int64 = 120_000
    replay.advance(before: time)
    let world = MomentWorld(
      facts: facts, history: history, tastes: TasteTables(people: data.users.count, tags: builder.tags.count))
    let examiner = MomentExaminer(capacity: 300, terms: text.termCount)
    let tweets = (0..<300).map { UInt32($0) }
    func row(_ tweet: UInt32) -> [Double] {
      file.steps[Int(tweet) * Self.width..<(Int(tweet) + 1) * Self.width].map { Double($0) }
    }
    func unit(_ vector: [Double]) -> [Double]? {
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return length == 0 ? nil : vector.map { $0 / length }
    }
    for user in 0..<UInt32(data.users.count) {
      examiner.look(at: tweets, user: user, time: time, world: world)
      var taste = [Double](repeating: 0, count: Self.width)
      for index in data.log.users.indices where data.log.users[index] == user && data.log.times[index] < time {
        let left = pow(0.5, Double(time - data.log.times[index]) / (60 * 86_400))
        guard let unit = unit(row(data.log.tweets[index])) else { continue }
        for k in 0..<Self.width { taste[k] += left * unit[k] }
      }
      for tweet in tweets {
        let got = examiner.columns[.embedding][Int(tweet)]
        guard let a = unit(taste), let b = unit(row(tweet)) else {
          #expect(got.isNaN)
          continue
        }
        #expect(abs(Double(got) - zip(a, b).map(*).reduce(0, +)) < 1e-5)
      }
    }
    examiner.look(at: tweets, user: ModelSchema.noRow, time: time, world: world)
    #expect(tweets.allSatisfy { examiner.columns[.embedding][Int($0)].isNaN })
  }

  @Test(
    "a model trained with embeddings weighs them, serves them, and is the same each time; without, it has no such signal"
  )
  func trained() throws {
    let fixture = try MomentWorldFixture()
    var options = fixture.options
    options.blendLists = 300
    let plain = try Trainer.train(options, progress: SilentProgress())
    #expect(!(try Model(plain.0).signals.contains(.embedding)) && plain.1.embeddings == nil)
    options.embeddings = try Self.write(fixture.folder, fixture.data)
    let (tensors, report) = try Trainer.train(options, progress: SilentProgress())
    let model = try Model(tensors)
    #expect(model.signals.contains(.embedding) && report.embeddings?.tweets == 299)
    let again = try Trainer.train(options, progress: SilentProgress()).0
    #expect(again.version == tensors.version && tensors.version != plain.0.version)
    let place = try #require(model.signals.firstIndex(of: .embedding))
    #expect(model.weights[place] != 0)
    let scratch = RankScratch(model: model, capacity: 300, seed: 1)
    let ids = (0..<300).map { EntityID.of("t\($0)") }
    ids.withUnsafeBufferPointer { ids in
      _ = Scorer.score(RankQuery(userID: EntityID.of("u2"), tweetIDs: ids), model: model, scratch: scratch)
      #expect(Set(Scorer.values(of: .embedding, in: scratch).map(\.bitPattern)).count > 200)
    }
    // Without its tensor such a model is none.
    let damaged = TensorSet()
    damaged.metadata = tensors.metadata
    damaged.addCopies(of: tensors) { $0 != MomentSchema.tweetEmbedding }
    do throws(ModelError) {
      _ = try Model(damaged)
      Issue.record("a model without its embeddings was read")
    } catch { #expect("\(error)".contains(MomentSchema.tweetEmbedding)) }
  }

  @Test("what cannot be used is refused with the offending value")
  func refusals() throws {
    let fixture = try MomentWorldFixture()
    let (folder, data) = (fixture.folder, fixture.data)
    func refused(_ parts: String..., change: (inout [UInt64], inout [Float]) -> Void) throws {
      let path = try Self.write(folder, data, change: change)
      do throws(TrainingError) {
        _ = try EmbeddingFile.read(path: path, tweets: data.tweets)
        Issue.record("not refused: \(parts)")
      } catch {
        for part in parts + [path] { #expect("\(error)".contains(part), "\(error)") }
      }
    }
    try refused("twice", "\(EntityID.of("t5"))") { ids, _ in ids[1] = EntityID.of("t5") }
    for value in [Float.nan, .infinity, -.infinity] {
      try refused("row 3", "\(value)") { _, values in values[3 * Self.width + 2] = value }
    }
    try refused("0 floats") { _, values in values = [] }
    try refused("4097 floats") { ids, values in
      ids = [1]
      values = .init(repeating: 0, count: 4_097)
    }
    try folder.write("none.safetensors", "not a tensor file")
    for name in ["none.safetensors", "absent.safetensors"] {
      #expect(throws: TrainingError.self) {
        try EmbeddingFile.read(path: folder.path + "/" + name, tweets: data.tweets)
      }
    }
    for (name, set) in [("wrong", TensorSet()), ("types", TensorSet())] {
      if name == "types" {
        set.add("ids", shape: [1], [Float(1)])
        set.add("embeddings", shape: [1, 2], [Float(1), 2])
      }
      try set.write(to: folder.path + "/\(name).safetensors")
      #expect(throws: TrainingError.self) {
        try EmbeddingFile.read(path: folder.path + "/\(name).safetensors", tweets: data.tweets)
      }
    }
  }
}
