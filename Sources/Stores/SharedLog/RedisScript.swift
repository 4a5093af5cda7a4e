/// A Lua script that Redis keeps, and its number there. After a restart Redis has forgotten it: then it is loaded again.
struct RedisScript {
  private let text: String
  /// The number, once Redis has told it.
  private var digest: [UInt8]?

  init(_ text: String) { self.text = text }

  /// Whether it can be called.
  var isLoaded: Bool { digest != nil }

  /// Has Redis keep it; the reply goes to ``didLoad(_:)``.
  var load: [[UInt8]] { [Array("SCRIPT".utf8), Array("LOAD".utf8), Array(text.utf8)] }

  mutating func didLoad(_ reply: RedisReply) { digest = reply.asBytes }

  /// Redis does not know the number any more.
  mutating func forget() { digest = nil }

  /// Calls it, where it is loaded.
  func call(keys: [[UInt8]], _ arguments: [[UInt8]]) -> [[UInt8]] {
    [Array("EVALSHA".utf8), digest ?? [], Array(String(keys.count).utf8)] + keys + arguments
  }

  /// Adds a batch of a node's entries to the stream, if the node's cursor is where the sender believes it to be; replies with
  /// the generation and the cursor. Without a batch it only replies.
  ///
  /// All three keys belong to one generation. Where one is missing, evicted for instance, what is left of the others says
  /// nothing any more, and a new generation begins. All keys are looked at before anything is written: one of the wrong type ends
  /// the script before it has done a half.
  ///
  /// KEYS: stream, cursors, generation. ARGV: a number for a new generation, node, the cursor as believed, and for a batch
  /// the cursor after it, the sequences before it and at its end, its bytes, and the length of the stream.
  static let ship = """
    local generation = redis.call('GET', KEYS[3])
    local begun = redis.call('HGET', KEYS[2], 'generation')
    local length = redis.call('XLEN', KEYS[1])
    if not generation or generation ~= begun or length == 0 then
      redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
      generation = ARGV[1]
      redis.call('XADD', KEYS[1], '*', 'g', generation)
      redis.call('HSET', KEYS[2], 'generation', generation)
      redis.call('SET', KEYS[3], generation)
    end
    local cursor = redis.call('HGET', KEYS[2], ARGV[2]) or '0:-'
    if #ARGV > 3 and cursor == ARGV[3] then
      redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[8], '*', 'n', ARGV[2], 'a', ARGV[5], 'l', ARGV[6], 'b', ARGV[7])
      redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
      cursor = ARGV[4]
    end
    return {generation, cursor}
    """

  /// Moves a node's cursor back, so that it ships what is behind it once more.
  ///
  /// KEYS: cursors. ARGV: node, sequence.
  static let ask = """
    local cursor = redis.call('HGET', KEYS[1], ARGV[1])
    if cursor and tonumber(string.match(cursor, '^%d+') or '0') > tonumber(ARGV[2]) then
      redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':-')
      return 1
    end
    return 0
    """
}
