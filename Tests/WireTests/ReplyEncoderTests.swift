import ServerSupport
import CProtobufC
import Ranking
import RankingProto
import Testing

@testable import Wire

@Suite("Replies")
struct ReplyEncoderTests {
  /// The reply in the one frame that `out` holds, read by protobuf-c's own allocator.
  func unpack(_ out: borrowing ByteBuffer, _ body: (Apus__V1__Reply) throws -> Void) throws {
    let bytes = out.withBytes { Array($0) }
    let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    #expect(length == bytes.count - 4)
    let reply = try #require(apus__v1__reply__unpack(nil, length, Array(bytes.dropFirst(4))))
    defer { apus__v1__reply__free_unpacked(reply, nil) }
    try body(reply.pointee)
  }

  func encode(_ header: ReplyHeader, _ body: ReplyBody) throws -> ByteBuffer {
    var encoder = ReplyEncoder(limits: Limits())
    var out = ByteBuffer()
    try encoder.encode(header, body, appendingTo: &out)
    return out
  }

  @Test("random rankings come back as they were, header, columns, explanation and texts")
  func randomRankingsRoundTrip() throws {
    var dice = Dice(7)
    var encoder = ReplyEncoder(limits: Limits())
    var out = ByteBuffer()
    for round in 0..<300 {
      let ranking = RandomRanking(&dice)
      let context = RankContext(
        modelVersion: "model-\(round)", policyVersion: "epsilon-greedy/1", signalNames: ranking.signalNames)
      let header = ReplyHeader(
        id: dice.next(), status: .ok, serverMicros: UInt32(dice.next() >> 33), queueMicros: UInt32(dice.next() >> 40))
      let skipped = dice.next()
      let left = round % 3 == 0 ? Degradation(level: 2, skippedSignals: skipped) : .none
      out.removeAll()
      try ranking.withRanked { try encoder.encode(header, .rank($0, context, left), appendingTo: &out) }
      try unpack(out) { reply in
        #expect(reply.id == header.id && reply.server_micros == header.serverMicros)
        #expect(reply.queue_micros == header.queueMicros)
        #expect(reply.status.pointee.code.rawValue == 0 && reply.status.pointee.executed == 1)
        #expect(reply.result_case == APUS__V1__REPLY__RESULT_RANK)
        let response = try #require(reply.rank).pointee
        expectEqual(response, ranking)
        #expect(String(cString: response.model_version) == "model-\(round)")
        #expect(String(cString: response.policy_version) == "epsilon-greedy/1")
        #expect((response.degradation != nil) == (left != .none))
        if let degradation = response.degradation?.pointee {
          let names = ranking.signalNames.enumerated().filter { skipped >> UInt64($0.offset) & 1 == 1 }.map(\.element)
          #expect(
            degradation.level == 2 && strings(degradation.skipped_signals, degradation.n_skipped_signals) == names)
        }
      }
    }
  }

  func expectEqual(_ response: Apus__V1__RankResponse, _ ranking: RandomRanking) {
    #expect(response.request_id == ranking.requestID)
    #expect(Array(UnsafeBufferPointer(start: response.tweet_ids, count: response.n_tweet_ids)) == ranking.tweetIDs)
    #expect(Array(UnsafeBufferPointer(start: response.scores, count: response.n_scores)) == ranking.scores)
    #expect(
      Array(UnsafeBufferPointer(start: response.propensities, count: response.n_propensities)) == ranking.propensities)
    let familiarity = UnsafeBufferPointer(start: response.familiarity, count: response.n_familiarity)
    #expect(familiarity.map { UInt32($0.rawValue) } == ranking.familiarity)
    let texts = UnsafeBufferPointer(start: response.texts, count: response.n_texts)
    #expect(texts.map { Array(UnsafeBufferPointer(start: $0.data, count: $0.len)) } == ranking.texts)
    #expect((response.user_known != 0) == ranking.userIsKnown)
    #expect(response.explored_position == 3 && response.duplicates_removed == 4 && response.values_replaced == 5)
    #expect((response.explanation != nil) == !ranking.signalNames.isEmpty)
    guard let explanation = response.explanation?.pointee else { return }
    #expect(strings(explanation.signals, explanation.n_signals) == ranking.signalNames)
    let contributions = UnsafeBufferPointer(start: explanation.contributions, count: explanation.n_contributions)
    #expect(Array(contributions) == ranking.contributions)
    #expect(Array(UnsafeBufferPointer(start: explanation.values, count: explanation.n_values)) == ranking.values)
  }

  func strings(_ table: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int) -> [String] {
    UnsafeBufferPointer(start: table, count: count).map { $0.map { String(cString: $0) } ?? "" }
  }

  @Test("the largest reply without texts is within its sum; texts beyond the cap are refused, and nothing is written")
  func theReplyCapHolds() throws {
    let limits = Limits()
    let longName = String(repeating: "n", count: 63)
    var ranking = RandomRanking(count: 5_000, signalNames: (0..<64).map { "\(longName)\($0 % 10)" })
    let version = String(repeating: "v", count: 256)
    let context = RankContext(modelVersion: version, policyVersion: version, signalNames: ranking.signalNames)
    let status = ReplyStatus(.ok, message: String(repeating: "é", count: 400), executed: true, retryAfterMillis: .max)
    let header = ReplyHeader(id: .max, status: status, serverMicros: .max, queueMicros: .max)
    let left = Degradation(level: .max, skippedSignals: .max)
    var encoder = ReplyEncoder(limits: limits)
    var out = ByteBuffer()
    try ranking.withRanked { try encoder.encode(header, .rank($0, context, left), appendingTo: &out) }
    #expect(out.count - 4 <= limits.explainedReplyBytes && out.count > limits.explainedReplyBytes - 1_000)

    let before = out.count
    ranking.texts = ranking.tweetIDs.map { _ in [UInt8](repeating: 0x61, count: 140) }
    var refusal: WireError?
    do throws(WireError) {
      try ranking.withRanked { ranked throws(WireError) in
        try encoder.encode(header, .rank(ranked, context, left), appendingTo: &out)
      }
    } catch { refusal = error }
    let error = try #require(refusal)
    #expect(out.count == before)
    #expect(error.callID == .max && error.status.code == .resourceExhausted && error.status.executed)
    #expect(error.status.message.contains("\(limits.replyBytes)"))
    try encoder.encode(ReplyHeader(id: error.callID, status: error.status), .none, appendingTo: &out)
    #expect(out.count > before)
  }

  @Test("an error reply carries code, reason, message, executed and the wait; long messages are cut at a character")
  func errorsRoundTrip() throws {
    for code in StatusCode.allCases {
      for reason in Reason.allCases {
        let status = ReplyStatus(code, reason: reason, message: "5001 Kandidaten, größer", retryAfterMillis: 40)
        try unpack(try encode(ReplyHeader(id: 3, status: status), .none)) { reply in
          let sent = try #require(reply.status).pointee
          #expect(sent.code.rawValue == code.rawValue && sent.reason.rawValue == reason.rawValue)
          #expect(String(cString: sent.message) == status.message && sent.executed == 0 && sent.retry_after_ms == 40)
          #expect(reply.result_case == APUS__V1__REPLY__RESULT__NOT_SET)
        }
      }
    }
    let long = ReplyStatus(.unknown, message: String(repeating: "é", count: 300) + "x")
    try unpack(try encode(ReplyHeader(id: 3, status: long), .none)) { reply in
      #expect(String(cString: reply.status.pointee.message) == String(repeating: "é", count: 256))
    }
  }

  @Test("names and values of codes, reasons and criticalities are those of the generated code")
  func enumsMatchTheGeneratedCode() {
    withUnsafePointer(to: apus__v1__code__descriptor) { descriptor in
      let values = UnsafeBufferPointer(start: descriptor.pointee.values, count: Int(descriptor.pointee.n_values))
      #expect(
        values.map { "\($0.value) \(String(cString: $0.name))" }
          == StatusCode.allCases.map { "\($0.rawValue) CODE_\($0.name)" })
    }
    withUnsafePointer(to: apus__v1__reason__descriptor) { descriptor in
      let values = UnsafeBufferPointer(start: descriptor.pointee.values, count: Int(descriptor.pointee.n_values))
      #expect(
        values.map { "\($0.value) \(String(cString: $0.name))" }
          == Reason.allCases.map { "\($0.rawValue) REASON_\($0.name)" })
    }
    #expect(Criticality.critical.rawValue == UInt32(APUS__V1__CRITICALITY__CRITICALITY_CRITICAL.rawValue))
    #expect(Criticality.sheddable.rawValue == UInt32(APUS__V1__CRITICALITY__CRITICALITY_SHEDDABLE.rawValue))
    #expect(TopOrder.popularity.rawValue == UInt32(APUS__V1__TOP_ORDER__TOP_ORDER_POPULARITY.rawValue))
    #expect(MemoryLayout<Apus__V1__Familiarity>.size == 4 && MemoryLayout<Apus__V1__EventType>.size == 4)
    for type in EventType.allCases {
      let known = withUnsafePointer(to: apus__v1__event_type__descriptor) {
        protobuf_c_enum_descriptor_get_value($0, Int32(type.rawValue)) != nil
      }
      #expect(known, "\(type)")
    }
  }
}
