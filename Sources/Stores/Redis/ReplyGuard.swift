import CHiredis

/// Stands between hiredis's parser and its reply objects: bounds what a reply may hold, and refuses one that nobody
/// waits for.
///
/// Without it an unasked-for reply ends the process (hiredis asserts that it belongs to a subscription), and a header
/// of 11 bytes takes 16 GB (`*2147483647`).
final class ReplyGuard {
  /// Why a reply was refused; nil: none was.
  private(set) var refusal: RedisError?

  private let context: UnsafeMutablePointer<redisAsyncContext>
  private let maxBytes: Int
  private let maxElements: Int
  private var bytes = 0
  private var elements = 0

  /// Takes the place of the functions by which the context's parser makes objects. The context must not parse after
  /// this object is gone.
  init(_ context: UnsafeMutablePointer<redisAsyncContext>, settings: RedisSettings) {
    self.context = context
    maxBytes = settings.maxReplyBytes
    maxElements = settings.maxReplyElements
    guard let reader = context.pointee.c.reader else { return }
    reader.pointee.fn = Self.functions
    reader.pointee.privdata = Unmanaged.passUnretained(self).toOpaque()
  }

  /// Whether bytes that are not yet a reply are more than a reply may have. Between two reads.
  var isOverfull: Bool {
    guard let reader = context.pointee.c.reader?.pointee else { return false }
    return bytes + reader.len - reader.pos > maxBytes
  }

  private func refuse(_ error: RedisError) -> Bool {
    refusal = refusal ?? error
    return false
  }

  /// Whether one more object may be made, with `count` more bytes and `children` more elements.
  private func admits(_ task: UnsafePointer<redisReadTask>, bytes count: Int, elements children: Int) -> Bool {
    if task.pointee.parent == nil {
      bytes = 0
      elements = 0
      // Redis says goodbye with an error that nobody asked for; hiredis understands that one.
      if context.pointee.replies.head == nil, task.pointee.type != REDIS_REPLY_ERROR {
        return refuse(.protocolViolation(reason: "a reply without a command"))
      }
    }
    bytes += count
    elements += children
    return bytes <= maxBytes && elements <= maxElements ? true : refuse(.replyTooLarge)
  }

  private static func of(_ task: UnsafePointer<redisReadTask>?) -> ReplyGuard? {
    guard let owner = task?.pointee.privdata else { return nil }
    return Unmanaged<ReplyGuard>.fromOpaque(owner).takeUnretainedValue()
  }

  /// What hiredis itself makes objects with.
  private static let original: redisReplyObjectFunctions = {
    let reader = redisReaderCreate()
    defer { redisReaderFree(reader) }
    return reader?.pointee.fn?.pointee ?? redisReplyObjectFunctions()
  }()

  /// The same, each behind the question whether it may. To return nil makes hiredis give the connection up.
  nonisolated(unsafe) private static let functions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
    var table = original
    table.createString = { task, text, length in
      guard let task, ReplyGuard.of(task)?.admits(task, bytes: length, elements: 0) == true else { return nil }
      return ReplyGuard.original.createString(task, text, length)
    }
    table.createArray = { task, count in
      guard let task, ReplyGuard.of(task)?.admits(task, bytes: 0, elements: Int(count)) == true else { return nil }
      return ReplyGuard.original.createArray(task, count)
    }
    table.createInteger = { task, value in
      guard let task, ReplyGuard.of(task)?.admits(task, bytes: 0, elements: 0) == true else { return nil }
      return ReplyGuard.original.createInteger(task, value)
    }
    table.createNil = { task in
      guard let task, ReplyGuard.of(task)?.admits(task, bytes: 0, elements: 0) == true else { return nil }
      return ReplyGuard.original.createNil(task)
    }
    let pinned = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
    pinned.initialize(to: table)
    return pinned
  }()
}
