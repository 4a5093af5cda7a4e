import Glibc
import Ranking
import Testing

@testable import Feedback

/// A new empty folder that disappears with the object.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/apus-feedback-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, let made = mkdtemp(base) else { fatalError("mkdtemp: errno \(errno)") }
      return String(cString: made)
    }
  }

  deinit {
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
  }

  /// The files in it.
  var names: [String] {
    (try? SystemFileOperations().names(in: path).get().filter { $0 != "." && $0 != ".." }.sorted()) ?? []
  }

  /// The segment that begins with sequence `first`.
  func segment(_ first: UInt64, isDamaged: Bool = false) -> String {
    path + "/" + SegmentName(first: first, isDamaged: isDamaged).text
  }

  /// Opens the log.
  func log(_ files: any FileOperations = SystemFileOperations(), segmentBytes: Int = 1 << 20) throws -> LocalLog {
    try LocalLog(folder: path, lock: StateFolder(path: path), files: files, segmentBytes: segmentBytes)
  }
}

func contents(of path: String) -> [UInt8] {
  let descriptor = open(path, O_RDONLY)
  precondition(descriptor >= 0, "\(path): errno \(errno)")
  defer { close(descriptor) }
  var all: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &part, part.count)
    if count <= 0 { return all }
    all += part[..<count]
  }
}

func put(_ bytes: some Collection<UInt8>, into path: String) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
  precondition(descriptor >= 0, "\(path): errno \(errno)")
  let bytes = Array(bytes)
  precondition(write(descriptor, bytes, bytes.count) == bytes.count)
  close(descriptor)
}

/// Different events, of known and unknown types, about few tweets.
func events(_ count: Int, seed: UInt64 = 1) -> [FeedbackEvent] {
  var state = seed
  func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 11
  }
  return (0..<count).map { _ in
    FeedbackEvent(
      userID: next() % 100, tweetID: next() % 50 == 0 ? 0 : next() % 40, type: UInt32(next() % 10),
      timestampSeconds: Int64(next()) - (1 << 50), requestID: next())
  }
}

/// Entries of all kinds, events most of all.
func entries(_ count: Int, seed: UInt64 = 1) -> [LogEntry] {
  var random = SeededGenerator(seed: seed)
  return events(count, seed: seed).map { event in
    switch Int.random(in: 0..<20, using: &random) {
    case 0: .ranking(ranking(&random, limit: 12))
    case 1: .rewards(rewards(&random))
    case 2: .event(event, isUnmatched: true)
    default: .event(event, isUnmatched: false)
    }
  }
}

/// A ranking whose lists are up to `limit` long.
func ranking(_ random: inout SeededGenerator, limit: Int) -> LoggedRanking {
  let items = Int.random(in: 0...limit, using: &random)
  return LoggedRanking(
    requestID: .random(in: 1 ... .max, using: &random), userID: .random(in: 0 ... .max, using: &random),
    timestampSeconds: .random(in: .min ... .max, using: &random),
    policyVersion: ["", "prior-ucb 1", "é\u{0}🪶"].randomElement(using: &random) ?? "",
    modelVersion: String(repeating: "m", count: .random(in: 0...255, using: &random)),
    items: (0..<items).map { _ in
      .init(
        tweetID: .random(in: 0 ... .max, using: &random), propensity: .random(in: 0...1, using: &random),
        score: .random(in: -9...9, using: &random))
    },
    candidates: (0..<Int.random(in: 0...limit, using: &random)).map { _ in .random(in: 0 ... .max, using: &random) },
    features: (0..<items * Int.random(in: 0...3, using: &random)).map { _ in .random(in: .min ... .max, using: &random)
    })
}

func rewards(_ random: inout SeededGenerator) -> RewardWeights {
  var weights = RewardWeights()
  for type in EventType.allCases where type != .impression {
    do { try weights.set(type, to: .random(in: RewardWeights.range, using: &random)) } catch { Issue.record(error) }
  }
  weights.setAtSeconds = .random(in: .min ... .max, using: &random)
  return weights
}

/// splitmix64.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// What a log holds, and what its replay says.
struct Replayed {
  var entries: [LogEntry] = []
  var sequences: [UInt64] = []
  var summary = ReplaySummary(entries: 0, lastSequence: 0)

  init(_ log: LocalLog, after: UInt64 = 0) throws {
    summary = try log.replay(after: after) { entry, sequence in
      entries.append(entry)
      sequences.append(sequence)
    }
    #expect(summary.entries == UInt64(entries.count))
  }

  /// Whether it holds just these, numbered from 1.
  func isWhole(_ expected: [LogEntry]) -> Bool {
    entries == expected && sequences == (0..<expected.count).map { UInt64($0 + 1) } && summary.damages.isEmpty
      && summary.lastSequence == UInt64(expected.count)
  }

  /// The events that match.
  var events: [FeedbackEvent] {
    entries.compactMap { if case .event(let event, isUnmatched: false) = $0 { event } else { nil } }
  }
}

extension [FeedbackEvent] {
  /// As a log keeps them.
  var logged: [LogEntry] { map { .event($0, isUnmatched: false) } }
}
