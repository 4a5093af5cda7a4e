import CHiredis
import Feedback
import FuzzSupport
import Ranking

@testable import Stores

/// What a Redis that is broken or hostile may send (F51): hiredis's parser behind our guard, our copies of its replies, and all that
/// is read out of them.
///
/// Input: how it is cut and whether commands wait for replies, then the bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRedis(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let choice = input.byte()
  RedisPeer(isAwaited: choice & 1 == 0).hear(input.rest, cutBy: choice >> 1)
  return 0
}

/// The reading half of a connection, without a socket.
private final class RedisPeer {
  private static let settings: RedisSettings = {
    var settings = RedisSettings()
    (settings.maxReplyBytes, settings.maxReplyElements) = (2_048, 64)
    return settings
  }()
  private static let url: RedisURL = {
    guard let url = try? RedisURL("redis://:password@localhost/1") else { fatalError("a URL") }
    return url
  }()

  private let context = UnsafeMutablePointer<redisAsyncContext>.allocate(capacity: 1)
  private let command = UnsafeMutablePointer<redisCallback>.allocate(capacity: 1)
  private let replies: ReplyGuard
  private var greeting: RedisGreeting? = RedisGreeting(RedisPeer.url)

  init(isAwaited: Bool) {
    context.initialize(to: redisAsyncContext())
    command.initialize(to: redisCallback())
    context.pointee.c.reader = redisReaderCreate()
    if isAwaited { context.pointee.replies.head = command }
    replies = ReplyGuard(context, settings: Self.settings)
  }

  deinit {
    withExtendedLifetime(replies) { redisReaderFree(context.pointee.c.reader) }
    context.deallocate()
    command.deallocate()
  }

  /// As hiredis does on its own: what one read brought is parsed until no reply is left; the first error ends everything.
  func hear(_ stream: UnsafeRawBufferPointer, cutBy seed: UInt8) {
    guard let reader = context.pointee.c.reader else { return }
    var dice = FuzzDice(seed)
    var place = 0
    while place < stream.count {
      let end = min(stream.count, place + (seed == 0 ? stream.count : 1 + dice.below(Int(seed))))
      let piece = UnsafeRawBufferPointer(rebasing: stream[place..<end])
      redisReaderFeed(reader, piece.assumingMemoryBound(to: CChar.self).baseAddress, piece.count)
      place = end
      while true {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { return }
        guard let reply else { break }
        take(RedisReply(copying: reply.assumingMemoryBound(to: redisReply.self)))
        freeReplyObject(reply)
      }
      if replies.isOverfull { return }
    }
  }

  private func take(_ reply: RedisReply) {
    hold(context.pointee.replies.head != nil || reply.isError, "a reply without a command: \(reply)")
    let size = reply.size
    hold(size.bytes <= Self.settings.maxReplyBytes, "\(size.bytes) bytes in a reply")
    hold(size.elements <= Self.settings.maxReplyElements, "\(size.elements) elements in a reply")
    do throws(RedisError) { try greeting?.accept(reply) } catch {
      hold(!error.description.isEmpty, "no reason")
      greeting = nil
    }
    var script = RedisScript(RedisScript.ask)
    script.didLoad(reply)
    hold(script.call(keys: [], []).count == 3, "a command of the script")
    reply.asBytes?.withUnsafeBytes { bytes in
      guard let list = StoredRecommendations(bytes) else { return }
      hold(list.bytes.elementsEqual(bytes), "another list than was read")
    }
    if let text = reply.asText {
      let cursor = LogCursor(text: text)
      if let fingerprint = cursor.fingerprint {
        let again = LogCursor(text: LogCursor(sequence: cursor.sequence, fingerprint: fingerprint).text)
        hold(again.sequence == cursor.sequence && again.fingerprint == fingerprint, "cursor \(text)")
      }
      let place = StreamPlace(text)
      hold(StreamPlace(place.text) == place, "place \(text)")
    }
    look(for: reply)
  }

  /// Batches at any depth, as XREAD and XREVRANGE have them.
  private func look(for reply: RedisReply) {
    switch StreamBatch.find(in: reply) {
    case .batch(let batch):
      let content = LogSlice.content(of: batch.bytes)
      hold(zip(content.entries, content.entries.dropFirst()).allSatisfy { $0.sequence < $1.sequence }, "out of order")
    case .mark, .other: break
    }
    for element in reply.asArray ?? [] { look(for: element) }
  }
}

extension RedisReply {
  fileprivate var isError: Bool { if case .error = self { true } else { false } }

  /// Bytes of texts, and elements of arrays, at all depths.
  fileprivate var size: (bytes: Int, elements: Int) {
    switch self {
    case .bytes(let bytes): (bytes.count, 0)
    // What is no UTF-8 was replaced by what is longer, and a long error was cut.
    case .status, .error, .integer, .null: (0, 0)
    case .array(let all):
      all.reduce(into: (0, all.count)) { sum, element in
        let size = element.size
        sum = (sum.0 + size.bytes, sum.1 + size.elements)
      }
    }
  }
}
