import CProtobufC
import Ranking
import RankingProto

/// Turns one frame's payload into a call, or into the error that answers it.
///
/// Everything that a message may say is checked here; what passes needs no further look at lengths. protobuf-c
/// decodes into the arena and ``RankQuery`` and its kin point there: columns are copied once, by protobuf-c.
public struct RequestDecoder {
  let limits: Limits
  let arena: RequestArena

  /// A decoder of one worker; calls decoded with it live until the next `decode`.
  public init(limits: Limits, arena: RequestArena) {
    self.limits = limits
    self.arena = arena
  }

  /// Decodes one call; resets the arena first.
  ///
  /// - Complexity: O(payload). At most the arena's capacity is allocated, whatever the payload.
  public func decode(_ payload: UnsafeRawBufferPointer) -> Result<DecodedCall, WireError> {
    arena.reset()
    let bytes = payload.baseAddress?.assumingMemoryBound(to: UInt8.self)
    guard let call = apus__v1__call__unpack(arena.allocator, payload.count, bytes) else {
      return .failure(refusal(of: payload))
    }
    do throws(Refusal) {
      return .success(try decoded(call.pointee, payload))
    } catch {
      return .failure(WireError(callID: call.pointee.id, status: error.status))
    }
  }

  private func decoded(
    _ call: Apus__V1__Call, _ payload: UnsafeRawBufferPointer
  ) throws(Refusal) -> DecodedCall {
    guard call.id != 0 else {
      throw Refusal(.callID, "call id 0 is reserved for notices about the connection; a call needs another id")
    }
    let traceParent = view(call.trace_parent)
    guard traceParent.count <= limits.traceParentBytes else {
      throw Refusal(
        .unspecified, "trace_parent has \(traceParent.count) bytes; the limit is \(limits.traceParentBytes)")
    }
    let hasBudget = call.budget_case == APUS__V1__CALL__BUDGET_BUDGET_MS
    return DecodedCall(
      id: call.id,
      budgetMillis: hasBudget ? call.budget_ms : nil,
      criticality: Criticality(rawValue: UInt32(truncatingIfNeeded: call.criticality.rawValue)),
      traceParent: traceParent,
      method: try method(of: call, payload))
  }

  private func method(
    of call: Apus__V1__Call, _ payload: UnsafeRawBufferPointer
  ) throws(Refusal) -> DecodedCall.Method {
    switch call.method_case {
    case APUS__V1__CALL__METHOD_RANK:
      if let request = call.rank { return .rank(try rankQuery(request.pointee)) }
    case APUS__V1__CALL__METHOD_RECOMMEND:
      if let request = call.recommend { return .recommend(try recommendQuery(request.pointee)) }
    case APUS__V1__CALL__METHOD_SIMILAR_TWEETS:
      if let request = call.similar_tweets { return .similar(try similarQuery(request.pointee)) }
    case APUS__V1__CALL__METHOD_TOP_TWEETS:
      if let request = call.top_tweets { return .top(try topQuery(request.pointee)) }
    case APUS__V1__CALL__METHOD_RECORD_EVENTS:
      if let request = call.record_events { return .record(try eventColumns(request.pointee)) }
    case APUS__V1__CALL__METHOD_SET_REWARDS:
      if let request = call.set_rewards { return .setRewards(try rewardChange(request.pointee)) }
    case APUS__V1__CALL__METHOD_RELOAD_MODEL:
      if let request = call.reload_model { return try reload(request.pointee) }
    case APUS__V1__CALL__METHOD_DESCRIBE:
      return .describe
    case APUS__V1__CALL__METHOD_PING:
      return .ping
    case APUS__V1__CALL__METHOD_AUTHENTICATE:
      return .authenticate
    default: break
    }
    throw missingMethod(call, payload)
  }

  private func missingMethod(_ call: Apus__V1__Call, _ payload: UnsafeRawBufferPointer) -> Refusal {
    if CallScan(payload).looksLikeReply {
      return Refusal(.malformed, "the message looks like an apus.v1.Reply; clients send apus.v1.Call")
    }
    let unknown = UnsafeBufferPointer(start: call.base.unknown_fields, count: Int(call.base.n_unknown_fields))
    guard let field = unknown.first(where: { $0.wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED }) else {
      return Refusal(.unspecified, "the call names no method", code: .unimplemented)
    }
    return Refusal(
      .unspecified, "the call's method, field \(field.tag), is not one of this server's", code: .unimplemented)
  }

  /// Why protobuf-c gave up: the arena's cap, or the bytes.
  private func refusal(of payload: UnsafeRawBufferPointer) -> WireError {
    let scan = CallScan(payload)
    let refusal: Refusal
    if arena.isExhausted {
      refusal = Refusal(
        .decodeBudget, "decoding the \(payload.count) bytes takes more than \(arena.capacity) bytes of memory",
        code: .resourceExhausted)
    } else if scan.looksLikeReply {
      refusal = Refusal(.malformed, "the message looks like an apus.v1.Reply; clients send apus.v1.Call")
    } else {
      refusal = Refusal(.malformed, "the \(payload.count) bytes are not a well-formed apus.v1.Call")
    }
    return WireError(callID: scan.callID, status: refusal.status)
  }
}
