import CProtobufC
import RankingProto

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The C structs of one reply at a time, on the heap once; ``ReplyEncoder`` owns it.
///
/// Pointers put into the structs are borrowed from the reply's body, or are copies freed by ``end()``.
final class ReplyScratch {
  let message = CStruct(Apus__V1__Reply(), apus__v1__reply__init)
  let status = CStruct(Apus__V1__Status(), apus__v1__status__init)
  let rankResponse = CStruct(Apus__V1__RankResponse(), apus__v1__rank_response__init)
  let explanation = CStruct(Apus__V1__Explanation(), apus__v1__explanation__init)
  let degradation = CStruct(Apus__V1__Degradation(), apus__v1__degradation__init)
  let recommendResponse = CStruct(Apus__V1__RecommendResponse(), apus__v1__recommend_response__init)
  let similarResponse = CStruct(Apus__V1__SimilarTweetsResponse(), apus__v1__similar_tweets_response__init)
  let topResponse = CStruct(Apus__V1__TopTweetsResponse(), apus__v1__top_tweets_response__init)
  let recordResponse = CStruct(Apus__V1__RecordEventsResponse(), apus__v1__record_events_response__init)
  let rewardsResponse = CStruct(Apus__V1__SetRewardsResponse(), apus__v1__set_rewards_response__init)
  let reloadResponse = CStruct(Apus__V1__ReloadModelResponse(), apus__v1__reload_model_response__init)
  let reloadsMessage = CStruct(Apus__V1__Reloads(), apus__v1__reloads__init)
  let describeResponse = CStruct(Apus__V1__DescribeResponse(), apus__v1__describe_response__init)
  let sharedLogMessage = CStruct(Apus__V1__SharedLog(), apus__v1__shared_log__init)
  let queueMessage = CStruct(Apus__V1__Queue(), apus__v1__queue__init)
  let limitsMessage = CStruct(Apus__V1__Limits(), apus__v1__limits__init)
  let pong = CStruct(Apus__V1__PingResponse(), apus__v1__ping_response__init)
  let authenticated = CStruct(Apus__V1__AuthenticateResponse(), apus__v1__authenticate_response__init)
  let notice = CStruct(Apus__V1__GoAway(), apus__v1__go_away__init)

  /// Names of skipped signals, or of a description's signals.
  var names = GrowingTable<UnsafeMutablePointer<CChar>?>()
  /// Histograms of a description.
  var phaseTable = GrowingTable<UnsafeMutablePointer<Apus__V1__PhaseHistogram>?>()
  /// Views of the texts and of the tweets' names in protobuf-c's form.
  private var texts = GrowingTable<ProtobufCBinaryData>()
  private var tweetNames = GrowingTable<ProtobufCBinaryData>()
  /// Memory copied for this reply. Rank replies without a message copy nothing.
  private var copies: [UnsafeMutableRawPointer] = []

  deinit { end() }

  /// The reply with its header. A status is always sent, even an empty one: no Reply then reads as a Call.
  func begin(_ header: ReplyHeader, messageLimit: Int) -> UnsafeMutablePointer<Apus__V1__Reply> {
    let status = status.reset()
    status.pointee.code = Apus__V1__Code(rawValue: .init(header.status.code.rawValue))
    status.pointee.reason = Apus__V1__Reason(rawValue: .init(header.status.reason.rawValue))
    status.pointee.executed = header.status.executed ? 1 : 0
    status.pointee.retry_after_ms = header.status.retryAfterMillis
    if !header.status.message.isEmpty { status.pointee.message = copy(cut(header.status.message, to: messageLimit)) }
    let reply = message.reset()
    reply.pointee.id = header.id
    reply.pointee.status = status
    reply.pointee.server_micros = header.serverMicros
    reply.pointee.queue_micros = header.queueMicros
    return reply
  }

  /// Frees what was copied for the reply.
  func end() {
    for memory in copies { free(memory) }
    copies.removeAll(keepingCapacity: true)
  }

  /// A borrowed column as protobuf-c takes it; it only reads through the pointer.
  func column<Element>(
    _ values: UnsafeBufferPointer<Element>
  ) -> (Int, UnsafeMutablePointer<Element>?) {
    (values.count, UnsafeMutablePointer(mutating: values.baseAddress))
  }

  /// Borrowed texts as protobuf-c takes them.
  func textTable(
    _ views: UnsafeBufferPointer<UnsafeRawBufferPointer>
  ) -> (Int, UnsafeMutablePointer<ProtobufCBinaryData>?) {
    Self.table(views, in: &texts)
  }

  /// Borrowed names of tweets, likewise; a reply may have both.
  func nameTable(
    _ views: UnsafeBufferPointer<UnsafeRawBufferPointer>
  ) -> (Int, UnsafeMutablePointer<ProtobufCBinaryData>?) {
    Self.table(views, in: &tweetNames)
  }

  private static func table(
    _ views: UnsafeBufferPointer<UnsafeRawBufferPointer>, in table: inout GrowingTable<ProtobufCBinaryData>
  ) -> (Int, UnsafeMutablePointer<ProtobufCBinaryData>?) {
    table.removeAll()
    for view in views {
      let start = UnsafeMutableRawPointer(mutating: view.baseAddress)?.assumingMemoryBound(to: UInt8.self)
      table.append(ProtobufCBinaryData(len: view.count, data: start))
    }
    return (table.count, table.base)
  }

  /// A C string that lives until ``end()``.
  func copy(_ text: String) -> UnsafeMutablePointer<CChar>? {
    guard let copied = strdup(text) else { return nil }
    copies.append(UnsafeMutableRawPointer(copied))
    return copied
  }

  /// A column of plain values that lives until ``end()``.
  func copy<Value: BitwiseCopyable>(_ values: [Value]) -> (Int, UnsafeMutablePointer<Value>?) {
    let byteCount = values.count * MemoryLayout<Value>.stride
    guard byteCount > 0, let memory = malloc(byteCount) else { return (0, nil) }
    copies.append(memory)
    values.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: byteCount) }
    return (values.count, memory.bindMemory(to: Value.self, capacity: values.count))
  }

  /// At most `limit` UTF-8 bytes of a text, cut between characters.
  private func cut(_ text: String, to limit: Int) -> String {
    if text.utf8.count <= limit { return text }
    var bytes = 0
    let kept = text.unicodeScalars.prefix { scalar in
      bytes += UTF8.width(scalar)
      return bytes <= limit
    }
    return String(kept)
  }
}
