import Foundation
import Kernels
import ServerSupport
import Testing

@testable import Feedback
@testable import Ranking
@testable import Serving

/// A learner of the shared model with what it is shown and told, without a server.
private final class Classroom {
  static let rates = LearningRates(alpha: 0.1, beta: 1, l1: 0, l2: 0)
  let learner: OnlineLearner
  let width: Int
  private(set) var shownZ: [UInt64: [Float]] = [:]

  init(folder: String = "/nonexistent", capacity: Int = 100, rates: LearningRates = rates) throws {
    let model = try TestWorld.shared().model
    width = ShownSignals(limit: 1, model: model).width
    learner = OnlineLearner(model: model, rates: rates, folder: folder, capacity: capacity, longest: 4)
  }

  /// Shows some tweets under a request.
  func show(_ request: UInt64, _ tweets: [UInt64], base: Float = -1) {
    let z = tweets.flatMap { tweet in
      let row = Self.z(tweet, width)
      shownZ[tweet] = row
      return row
    }
    learner.remember(
      requestID: request, count: tweets.count, tweetIDs: tweets, bases: tweets.map { _ in base }, z: z)
  }

  func tell(_ events: (request: UInt64, tweet: UInt64, type: EventType)...) { tell(events) }

  func tell(_ events: [(request: UInt64, tweet: UInt64, type: EventType)]) {
    learner.learn(
      from: events.map {
        FeedbackEvent(userID: 1, tweetID: $0.tweet, type: $0.type.rawValue, timestampSeconds: 1, requestID: $0.request)
      })
  }

  var correction: OnlineCorrection? {
    var copy = OnlineLearner.Copy()
    learner.refresh(&copy)
    return copy.correction
  }

  static func z(_ tweet: UInt64, _ width: Int) -> [Float] {
    var generator = SeededGenerator(seed: tweet)
    return (0..<width).map { _ in Float(generator.uniform() * 4 - 2) }
  }
}

@Suite("Online learner")
struct OnlineLearnerTests {
  @Test("of the events on one item each outcome counts once, in whatever order and number")
  func countedOnce() throws {
    var generator = SeededGenerator(seed: 2)
    for round in 0..<200 {
      let room = try Classroom()
      let types = (0...generator.below(6)).map { _ in EventType.allCases[generator.below(EventType.allCases.count)] }
      room.show(7, [40])
      room.tell(types.map { (7, 40, $0) })
      // Its own account: a positive event makes it a positive, anything else a negative unless it is one.
      var expected = FTRLProximal(inputs: room.width, rates: Classroom.rates)
      let z = Classroom.z(40, room.width)
      let firstPositive = types.firstIndex { $0.reward > 0 }
      z.withUnsafeBufferPointer { z in
        if firstPositive != 0 { expected.learn(z, base: -1, isPositive: false) }
        if firstPositive == 0 { expected.learn(z, base: -1, isPositive: true) }
        if let firstPositive, firstPositive > 0 { expected.step(z, slope: -1) }
      }
      #expect(room.correction == OnlineCorrection(expected), "\(round): \(types)")
      #expect(room.learner.updates == (firstPositive.map { $0 == 0 ? 1 : 2 } ?? 1))
      #expect(room.learner.unmatched == 0)
    }
  }

  @Test("events of no, forged or forgotten requests, and of tweets that were not shown, teach nothing and are counted")
  func unmatched() throws {
    let room = try Classroom(capacity: 8)
    room.show(1, [10, 11, 12, 13])
    room.show(2, [10, 20])
    let before = room.correction
    room.tell((0, 10, .like), (99, 10, .like), (2, 11, .like), (1, 20, .impression), (.max, 20, .report))
    #expect(room.correction == before && room.learner.updates == 0 && room.learner.unmatched == 5)
    room.tell((1, 13, .like))
    #expect(room.learner.updates == 1)
    // Eight more items leave no room for the first ten.
    for request in 3...4 as ClosedRange<UInt64> { room.show(request, [30, 31, 32, 33]) }
    room.tell((1, 10, .like), (2, 20, .like))
    #expect(room.learner.updates == 1 && room.learner.unmatched == 7)
    room.tell((3, 30, .like), (4, 33, .impression))
    #expect(room.learner.updates == 3 && room.learner.unmatched == 7)
    // A type of a later version is no outcome at all.
    room.learner.learn(
      from: [FeedbackEvent(userID: 1, tweetID: 31, type: 77, timestampSeconds: 1, requestID: 4)])
    #expect(room.learner.updates == 3 && room.learner.unmatched == 7)
  }

  @Test("however much is shown, what is remembered is what the newest items were, and no more than there is room for")
  func bounded() throws {
    var generator = SeededGenerator(seed: 3)
    var items = ShownItems(capacity: 50, width: 2, longest: 6)
    var shown: [(request: UInt64, tweet: UInt64)] = []
    var starts: [UInt64: Int] = [:]
    for request in 1...400 as ClosedRange<UInt64> {
      let tweets = (0...generator.below(6)).map { UInt64($0) + request }
      items.add(
        requestID: request, count: tweets.count, tweetIDs: tweets, bases: tweets.map { Float($0) },
        z: tweets.flatMap { [Float($0), Float(request)] })
      starts[request] = shown.count
      shown += tweets.map { (request, $0) }
      #expect(items.count <= 50)
      let place = generator.below(shown.count)
      let (asked, tweet) = shown[place]
      var copy = items
      var z: [Float] = [0, 0]
      let found = copy.note(requestID: asked, tweetID: tweet, .positive, z: &z)
      // A request is known as long as its first item is among the newest fifty.
      #expect(found.isKnown == ((starts[asked] ?? 0) >= shown.count - 50))
      if found.isKnown { #expect(z == [Float(tweet), Float(asked)] && found.change?.base == Float(tweet)) }
    }
  }

  @Test("what was learned is there after a restart, bit by bit; another model, or damage, is a note and a fresh start")
  func state() throws {
    let folder = try TemporaryFolder()
    let room = try Classroom(folder: folder.path)
    #expect(room.learner.note == nil)
    for request in 1...30 as ClosedRange<UInt64> {
      room.show(request, [request, request + 1])
      room.tell((request, request, .impression), (request, request + 1, .like))
    }
    room.learner.save()
    #expect(room.learner.saveFailure == nil)
    let again = try Classroom(folder: folder.path)
    #expect(again.learner.note == nil && again.learner.updates == 60)
    #expect(again.correction == room.correction)
    let fresh = try Classroom().correction
    #expect(room.correction != fresh)

    let path = folder.file("online.safetensors")
    let sound = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    for length in stride(from: 0, to: sound.count, by: 61) {
      try folder.write("online.safetensors", Array(sound[..<length]))
      let cut = try Classroom(folder: folder.path)
      #expect(cut.learner.note?.contains("cannot be used") == true && cut.correction == fresh, "\(length) bytes")
    }
    for place in stride(from: 0, to: sound.count, by: 37) {
      var bytes = sound
      bytes[place] ^= 0x41
      try folder.write("online.safetensors", bytes)
      let flipped = try Classroom(folder: folder.path)
      #expect(flipped.learner.note != nil && flipped.correction == fresh, "byte \(place)")
    }
  }

  @Test("a file that is sound but says what learning never says is refused, and one of another model is not used")
  func forgedState() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("online.safetensors")
    let model = try TestWorld.shared().model
    let width = ShownSignals(limit: 1, model: model).width
    func note(_ squares: [Double], _ pulls: [Double], _ rates: [Double], version: String? = nil) throws -> String {
      let tensors = FTRLProximal(inputs: width, rates: LearningRates()).tensors(of: model, updates: 1)
      let forged = TensorSetForge.copy(tensors, version: version)
      forged.add("online.square", shape: [squares.count], squares)
      forged.add("online.pull", shape: [pulls.count], pulls)
      forged.add("online.rates", shape: [rates.count], rates)
      try forged.write(to: path)
      return try Classroom(folder: folder.path).learner.note ?? ""
    }
    let (ones, rates) = ([Double](repeating: 1, count: width + 1), [0.1, 1, 1, 0])
    #expect(try note(ones, ones, rates) == "")
    for bad in [-1, .nan, .infinity, 1e300] {
      #expect(try note([bad] + ones.dropFirst(), ones, rates).contains("online.square"))
      #expect(try bad == -1 || note(ones, [bad] + ones.dropFirst(), rates).contains("online.pull"))
      #expect(try note(ones, ones, [bad, 1, 1, 0]).contains("online.rates"))
    }
    #expect(try note(ones + [1], ones, rates).contains("shape"))
    #expect(try note(ones, ones, rates, version: "0123456789abcdef").contains("another model"))
  }

  @Test("where the folder cannot be written, learning goes on and the failure is told")
  func unwritable() throws {
    let room = try Classroom(folder: "/nonexistent/folder")
    room.show(1, [5])
    room.tell((1, 5, .like))
    room.learner.save()
    #expect(room.learner.saveFailure != nil && room.learner.updates == 1)
  }

  @Test("threads that show and copy while another learns see corrections that were learned, none in between")
  func threads() throws {
    let room = try Classroom(capacity: 4_000)
    let workers = (0..<3).map { worker in
      Background { [learner = room.learner, width = room.width] in
        var copy = OnlineLearner.Copy()
        for round in 0..<300 {
          learner.refresh(&copy)
          let request = UInt64(1 + worker * 1_000 + round)
          learner.remember(
            requestID: request, count: 1, tweetIDs: [request], bases: [0], z: Classroom.z(request, width))
        }
      }
    }
    for round in 0..<300 {
      for worker in 0..<3 {
        let request = UInt64(1 + worker * 1_000 + round)
        room.tell((request, request, .impression))
      }
    }
    for worker in workers { try worker.join() }
    #expect(room.learner.updates + room.learner.unmatched == 900)
    let before = room.learner.updates
    // What came too early is told again.
    for request in (0..<3).flatMap({ worker in (0..<300).map { UInt64(1 + worker * 1_000 + $0) } }) {
      room.tell((request, request, .impression))
    }
    #expect(room.learner.updates == 900 && before <= 900)
  }
}
