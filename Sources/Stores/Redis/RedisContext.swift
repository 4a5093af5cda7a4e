import CHiredis
import EventLoop
import Glibc

/// What a context tells its owner; never from within a call to the context, except replies, which come while it reads.
protocol RedisContextOwner: AnyObject {
  /// A reply to the oldest command without one.
  func context(_ context: RedisContext, didReceive reply: RedisReply)
  /// The last word: the connection is over, and commands without a reply will have none.
  func context(_ context: RedisContext, didEndWith error: RedisError)
}

/// One connection of hiredis, from the attempt to connect to its end, with libuv watching its descriptor.
///
/// hiredis's own adapter for libuv drops what the kernel says of errors, so that a refused connection hangs for ever.
/// hiredis frees a context in the middle of its own calls; ``raw`` is nil from that moment on.
final class RedisContext {
  private(set) var raw: UnsafeMutablePointer<redisAsyncContext>?
  private weak var owner: (any RedisContextOwner)?
  private var watcher: DescriptorWatcher?
  private let replies: ReplyGuard
  private var wantsRead = false
  private var wantsWrite = false
  private var end: RedisError?
  private var isEnding = false
  private var hasTold = false
  private var depth = 0

  /// Begins to connect; `host` is numeric. Throws ``RedisError/disconnected(reason:)`` where that fails at once.
  init(
    loop: Loop, place: RedisURL.Place, settings: RedisSettings, owner: any RedisContextOwner
  ) throws(RedisError) {
    let made: UnsafeMutablePointer<redisAsyncContext>? =
      switch place {
      case .tcp(let host, let port): redisAsyncConnect(host, Int32(port))
      case .unix(let path): redisAsyncConnectUnix(path)
      }
    guard let made else { throw .disconnected(reason: "out of memory") }
    replies = ReplyGuard(made, settings: settings)
    self.owner = owner
    guard made.pointee.err == 0, made.pointee.c.fd >= 0 else {
      let error = Self.error(of: made)
      redisAsyncFree(made)
      throw error
    }
    raw = made
    let descriptor = made.pointee.c.fd
    if case .tcp = place { Self.setOptions(descriptor, settings) }
    do throws(LoopError) {
      // The watcher holds this object, and libuv the watcher, until the descriptor is closed.
      watcher = try DescriptorWatcher(loop: loop, descriptor: descriptor) { news in self.hear(news) }
    } catch {
      redisAsyncFree(made)
      raw = nil
      throw .disconnected(reason: error.description)
    }
    attach(made)
  }

  private static func setOptions(_ descriptor: Int32, _ settings: RedisSettings) {
    var noDelay: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<Int32>.size))
    var millis = UInt32(clamping: settings.unacknowledgedMillis)
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &millis, socklen_t(MemoryLayout<UInt32>.size))
  }

  /// Hooks by which hiredis says what it waits for. It calls them with a context that is alive, on the loop's thread.
  private func attach(_ context: UnsafeMutablePointer<redisAsyncContext>) {
    context.pointee.ev.data = Unmanaged.passUnretained(self).toOpaque()
    context.pointee.ev.addRead = { data in RedisContext.of(data)?.want(read: true) }
    context.pointee.ev.delRead = { data in RedisContext.of(data)?.want(read: false) }
    context.pointee.ev.addWrite = { data in RedisContext.of(data)?.want(write: true) }
    context.pointee.ev.delWrite = { data in RedisContext.of(data)?.want(write: false) }
    context.pointee.ev.cleanup = { data in RedisContext.of(data)?.willBeFreed() }
  }

  private static func of(_ data: UnsafeMutableRawPointer?) -> RedisContext? {
    data.map { Unmanaged<RedisContext>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Bytes of commands that the kernel has not yet taken.
  var outputBytes: Int {
    guard let buffer = raw?.pointee.c.obuf else { return 0 }
    return sdslen(buffer)
  }

  /// Queues a command of at least one argument; its reply comes to the owner. False: the context is ending.
  func send(_ arguments: [[UInt8]]) -> Bool {
    guard let raw, !isEnding, !arguments.isEmpty else { return false }
    // One copy into one buffer, so that all arguments have a stable address at once.
    let bytes = arguments.reduce(into: []) { $0 += $1 } + [0]
    var lengths = arguments.map(\.count)
    return bytes.withUnsafeBytes { all -> Bool in
      guard let base = all.assumingMemoryBound(to: CChar.self).baseAddress else { return false }
      var offset = 0
      var starts: [UnsafePointer<CChar>?] = lengths.map { length in
        defer { offset += length }
        return base + offset
      }
      let reply:
        @convention(c) (
          UnsafeMutablePointer<redisAsyncContext>?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> Void = { context, reply, _ in
          RedisContext.of(context?.pointee.ev.data)?.receive(reply)
        }
      let status = redisAsyncCommandArgv(raw, reply, nil, Int32(arguments.count), &starts, &lengths)
      return status == REDIS_OK
    }
  }

  /// Ends the connection; the owner hears of it with this error, if it has not heard of an end before, in this call
  /// or, where hiredis is in the middle of something, right after.
  func finish(_ error: RedisError) {
    guard let raw, !isEnding else { return }
    isEnding = true
    end = error
    perform { redisAsyncFree(raw) }
  }

  /// Ends the connection without a word.
  func abandon() {
    owner = nil
    finish(.closed)
  }

  private func hear(_ news: DescriptorWatcher.News) {
    switch news {
    case .failed(let code):
      finish(.disconnected(reason: LoopError.system(operation: "the connection", code: code).description))
    case .loopClosed: finish(.closed)
    case .ready(let readable, let writable):
      perform {
        if readable, let raw { redisAsyncHandleRead(raw) }
        if writable, let raw { redisAsyncHandleWrite(raw) }
      }
      if raw != nil, replies.isOverfull { finish(.replyTooLarge) }
    }
  }

  /// Calls into hiredis, and tells the owner afterwards if that was the end.
  private func perform(_ call: () -> Void) {
    withExtendedLifetime(self) {
      depth += 1
      call()
      depth -= 1
      guard depth == 0, raw == nil, !hasTold else { return }
      hasTold = true
      let last = owner
      owner = nil
      last?.context(self, didEndWith: end ?? .disconnected(reason: "the connection ended"))
    }
  }

  private func receive(_ reply: UnsafeMutableRawPointer?) {
    // Without a reply the context is being freed, and the owner hears of that once for all commands.
    guard let reply, !isEnding else { return }
    owner?.context(self, didReceive: RedisReply(copying: reply.assumingMemoryBound(to: redisReply.self)))
  }

  private func want(read: Bool? = nil, write: Bool? = nil) {
    wantsRead = read ?? wantsRead
    wantsWrite = write ?? wantsWrite
    watcher?.watch(readable: wantsRead, writable: wantsWrite)
  }

  /// hiredis closes the descriptor and frees the context as soon as this returns.
  private func willBeFreed() {
    guard let context = raw else { return }
    if end == nil { end = replies.refusal ?? Self.error(of: context) }
    raw = nil
    isEnding = true
    watcher?.close()
    watcher = nil
  }

  /// hiredis's word for what is wrong, in ours.
  private static func error(of context: UnsafeMutablePointer<redisAsyncContext>) -> RedisError {
    let text = context.pointee.errstr.map { String(cString: $0) } ?? ""
    switch context.pointee.err {
    case REDIS_ERR_PROTOCOL: return .protocolViolation(reason: text)
    case REDIS_ERR_EOF: return .disconnected(reason: "Redis closed the connection")
    case 0: return .disconnected(reason: "the connection ended")
    default: return .disconnected(reason: text.isEmpty ? "the connection failed" : text)
    }
  }
}
