import Artifact
import Kernels
import Testing

@testable import Ranking
@testable import Training

/// Impressions as lists to learn from.
@Suite("Learning from impressions")
struct ShownImpressionTests {
  private let fixture: MomentWorldFixture

  init() throws { fixture = try MomentWorldFixture() }

  /// The key of a user or a tweet.
  private func key(_ id: UInt64) -> String {
    (0..<300).flatMap { ["t\($0)", "u\($0)"] }.first { EntityID.of($0) == id } ?? ""
  }

  /// For engagements number `numbers` of the log in order of time: the tweet and eight others, shown a moment before.
  private func write(_ numbers: [Int], labels: (Int) -> [Int] = { _ in [1] + [Int](repeating: 0, count: 8) }) throws
    -> String
  {
    let data = fixture.data
    let order = EventOrder(data).engagements
    var rows = "impression_id,user_id,timestamp,candidates\n"
    for number in numbers {
      let row = order[number]
      let tweets = (0..<9).map { (Int(data.log.tweets[row]) + 37 * $0) % 300 }
      let candidates = zip(tweets, labels(number)).map { "\(key(data.tweets.ids[$0]))-\($1)" }.joined(
        separator: " ")
      rows += "\(number),\(key(data.users.ids[Int(data.log.users[row])])),\(data.log.times[row]),\(candidates)\n"
    }
    try fixture.folder.write("impressions.csv", rows)
    return fixture.folder.path + "/impressions.csv"
  }

  private func train(_ path: String?) throws -> (TensorSet, TrainingReport) {
    var options = fixture.options
    options.blendLists = 500
    options.impressions = path
    return try Trainer.train(options, progress: SilentProgress())
  }

  @Test("those of the later half are the lists; too few are not used, and the report says which")
  func lists() throws {
    let (plain, report) = try train(nil)
    #expect(report.impressionLists == 0 && report.temporalLists > 200)
    let (tensors, shown) = try train(try write(Array(300..<880)))
    // Of 900 engagements the first 450 are the earlier half.
    #expect((420...430).contains(shown.impressionLists) && shown.temporalLists == shown.impressionLists)
    #expect(tensors.version != plain.version && "\(shown)".contains("impressions, "))
    let (_, few) = try train(try write(Array(500..<600)))
    #expect(few.impressionLists == 0 && few.temporalLists == report.temporalLists)
    #expect(try train(try write(Array(300..<880))).0.version == tensors.version)
  }

  @Test("an impression without a positive or without a negative teaches nothing")
  func useless() throws {
    let all = try train(try write(Array(450..<880))).1.impressionLists
    let kinds = [[1, 0], [0, 0], [1, 1], [0, 1]]
    let some = try train(
      try write(Array(450..<880)) { number in
        let kind = kinds[number % 4]
        return [kind[0]] + [Int](repeating: kind[1], count: 8)
      }
    ).1.impressionLists
    #expect(all > 400 && (all / 2 - 4...all / 2 + 4).contains(some))
  }

  @Test("no list sees its own moment or later: signals are those of a world replayed up to it")
  func moments() throws {
    let path = try write(Array(460..<700))
    let list = try ImpressionList.read(path: path, progress: SilentProgress())
    let data = fixture.data
    let (facts, tags, terms) = try fixture.facts()
    let order = EventOrder(data)
    let tastes = TasteBuilder(data: data, facts: facts, tags: tags, seed: 1, parallel: Parallel(threads: 1))
    let signals: [Signal] = [.age, .tweetCount, .affinityCount, .interests]
    let maker = ExampleMaker(
      data: data, order: order, signals: signals, termCount: terms, events: order.engagements, end: nil, tastes: tastes,
      listLimit: 10_000, seed: 1)
    let lists = try maker.shown(list) { _, _ in }
    #expect(lists.count == list.count)
    let sorted = (0..<list.count).sorted { (list.times[$0] ?? 0, $0) < (list.times[$1] ?? 0, $1) }
    for (place, impression) in sorted.enumerated() where place % 40 == 0 {
      let time = try #require(list.times[impression])
      let (world, _) = try fixture.world(before: time)
      let examiner = MomentExaminer(capacity: 9, terms: terms)
      examiner.look(
        at: list.tweets[list.candidates(of: impression)].map { data.tweets.row(of: $0) },
        user: data.users.row(of: list.users[impression]), time: time, world: world)
      for i in 0..<9 {
        for (s, signal) in signals.enumerated() {
          let got = lists.values[(lists.offsets[place] + i) * signals.count + s]
          let wanted = examiner.columns[signal][i]
          #expect(got == wanted || got.isNaN && wanted.isNaN, "\(signal) of \(i) in \(impression)")
        }
      }
    }
  }
}
