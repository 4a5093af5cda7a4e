import Foundation
import Ranking
import Testing

@testable import Wire

/// docs/protocol.md shows bytes and numbers; these are held to the code.
@Suite("The protocol document")
struct ProtocolDocumentTests {
  let document: String

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    document = try String(contentsOf: root.appending(path: "docs/protocol.md"), encoding: .utf8)
  }

  /// The bytes of the hexdump under a title: lines of a four-digit offset, two spaces, bytes, two spaces, a remark.
  func hexdump(_ title: String) throws -> [UInt8] {
    let start = try #require(document.range(of: "<!-- hexdump: \(title) -->"))
    let block = document[start.upperBound...].components(separatedBy: "```")[1]
    var bytes: [UInt8] = []
    for line in block.split(separator: "\n") where !line.isEmpty && line != "text" {
      let columns = line.components(separatedBy: "  ").filter { !$0.isEmpty }
      #expect(Int(columns[0], radix: 16) == bytes.count, "\(line)")
      bytes += columns[1].split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }
    return bytes
  }

  @Test("the call's bytes decode to the call that the text describes")
  func theCallIsReal() throws {
    var decoder = FrameDecoder(limits: Limits())
    let frame = try hexdump("call")
    frame.withUnsafeBytes { decoder.append($0) }
    let payload = try #require(try decoder.next().map { Array($0) })
    let whole = decoder.bufferedBytes == 0
    #expect(whole)
    let decoding = Decoding()
    let call = try decoding.call(payload)
    guard case .rank(let query) = call.method else { throw WireError(callID: 0, status: .ok) }
    #expect(call.id == 7 && call.budgetMillis == 150 && query.userID == 1_234)
    #expect(Array(query.tweetIDs) == [20, 21, 22] && query.limit == 2)
  }

  @Test("the reply's bytes are those that the encoder makes")
  func theReplyIsReal() throws {
    var ranking = RandomRanking(count: 2, signalNames: [])
    (ranking.requestID, ranking.tweetIDs, ranking.scores) = (0x5150, [22, 20], [1.5, 0.25])
    (ranking.propensities, ranking.familiarity) = ([0.9375, 1], [0, 2])
    var encoder = ReplyEncoder(limits: Limits())
    var out = ByteBuffer()
    let context = RankContext(modelVersion: "m1", policyVersion: "p1", signalNames: [])
    try ranking.withRanked { ranked in
      var ranked = ranked
      (ranked.exploredPosition, ranked.duplicatesRemoved, ranked.valuesReplaced) = (0, 0, 0)
      try encoder.encode(ReplyHeader(id: 7, serverMicros: 180), .rank(ranked, context), appendingTo: &out)
    }
    let bytes = out.withBytes { Array($0) }
    #expect(bytes == (try hexdump("reply")), "\(bytes.map { String($0, radix: 16) }.joined(separator: " "))")
  }

  @Test("every code, reason and limit stands in the document with its value")
  func tablesAreComplete() {
    for reason in Reason.allCases { #expect(document.contains("| \(reason.rawValue) | `\(reason.name)` |")) }
    for code in StatusCode.allCases { #expect(document.contains("`\(code.name)` \(code.rawValue)")) }
    let limits = Limits()
    let numbers = [
      "frame_bytes": limits.frameBytes, "reply_bytes": limits.replyBytes, "candidates": limits.candidatesPerCall,
      "text_bytes": limits.textBytes, "events": limits.eventsPerCall, "list_limit": limits.listedTweets,
      "list_default": limits.defaultListedTweets, "recommend_candidates": limits.recommendCandidates,
      "store_ms": Int(limits.storeMillis), "trace_parent_bytes": limits.traceParentBytes,
      "decode_bytes": limits.decodeArenaBytes, "in_flight": limits.callsInFlight,
      "default_budget_ms": Int(limits.defaultBudgetMillis), "minimum_budget_ms": Int(limits.minimumBudgetMillis),
      "maximum_budget_ms": Int(limits.maximumBudgetMillis), "first_frame_ms": Int(limits.firstFrameMillis),
      "whole_frame_ms": Int(limits.wholeFrameMillis), "write_stall_ms": Int(limits.writeStallMillis),
      "idle_ms": Int(limits.idleMillis), "go_away_ms": Int(limits.goAwayFlushMillis),
      "high_water_bytes": limits.writeHighWaterBytes, "low_water_bytes": limits.writeLowWaterBytes,
      "hard_bytes": limits.writeHardBytes, "zero_frames": limits.zeroFramesPerSecond,
      "bad_messages": limits.badMessagesPer10Seconds, "connections": limits.connections,
      "message_bytes": limits.statusMessageBytes, "caller_score": Int(Signal.callerBound),
      "learned_items": limits.learnedItemsPerAnswer, "shown_items": limits.shownItems,
      "client_connections": limits.connectionsPerAddress,
      "unauthenticated_frame_bytes": limits.unauthenticatedFrameBytes, "token_bytes": limits.longestTokenBytes,
      "token_failures": limits.tokenFailuresPerMinute, "ping_ms": Int(limits.pingMillis),
      "ping_strikes": limits.pingStrikes, "cancels": limits.cancelsPer10Seconds, "accepts": limits.acceptsPerTurn,
      "buffer_bytes": limits.connectionBufferBytes, "buffer_idle_ms": Int(limits.bufferIdleMillis),
      "drain_ms": Int(limits.drainMillis), "close_ms": Int(limits.closeMillis),
      "queued_calls": limits.queuedCalls, "queued_bytes": limits.queuedCallBytes,
    ]
    for (name, value) in numbers { #expect(document.contains("| `\(name)` | \(value) |"), "\(name) \(value)") }
  }
}
