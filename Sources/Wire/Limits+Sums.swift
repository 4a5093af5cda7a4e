/// What the limits add up to. Tests hold the code to these sums.
extension Limits {
  /// Length prefix of a frame.
  public static let framePrefixBytes = 4

  /// The longest payload of a frame to a client.
  ///
  /// A call is ranked only while its connection's write queue is below high water, so one reply of this size
  /// never pushes the queue over the hard limit. Replies may be longer than ``frameBytes``, which bounds calls.
  public var replyBytes: Int {
    writeHardBytes  // what the queue may hold
      - writeHighWaterBytes  // what it may hold when a reply is begun
      - Self.framePrefixBytes  // the reply's own prefix
  }

  /// The longest Rank reply without texts, which ``replyBytes`` must hold; texts share what is left.
  public var explainedReplyBytes: Int {
    candidatesPerCall * 8  // tweet_ids, fixed64
      + candidatesPerCall * 4  // scores, float
      + candidatesPerCall * 4  // propensities, float
      + candidatesPerCall * 1  // familiarity, a one-byte varint
      + candidatesPerCall * explainedSignals * 4  // explanation.contributions, float
      + candidatesPerCall * explainedSignals * 4  // explanation.values, float
      + explainedSignals * (64 + 2)  // explanation.signals, names of up to 64 bytes with tag and length
      + explainedSignals * (64 + 2)  // degradation.skipped_signals, the same names
      + 2 * (256 + 3)  // model_version and policy_version, with tag and length
      + 12 * 6  // tags and lengths of the packed columns and sub-messages: at most 2 + 4 bytes each
      + 10 * 11  // the scalars of Reply and RankResponse: at most 1 + 10 bytes each
      + statusMessageBytes + 32  // status
  }

  /// The longest list reply without texts and names, which ``replyBytes`` must hold; both share what is left.
  public var listedReplyBytes: Int {
    listedTweets * 8  // tweet_ids, fixed64
      + listedTweets * 8  // values, double; or scores and propensities, float
      + 2 * listedTweets * (1 + 4)  // tag and length of each text and name
      + 3 * (256 + 3)  // model_version, policy_version and source, with tag and length
      + explainedSignals * (64 + 2)  // degradation.skipped_signals, names of up to 64 bytes with tag and length
      + 12 * 6  // tags and lengths of the packed columns and sub-messages: at most 2 + 4 bytes each
      + 12 * 11  // the scalars of Reply and RecommendResponse: at most 1 + 10 bytes each
      + statusMessageBytes + 32  // status
  }

  /// Payloads of calls in flight above which no further call is read: one of the longest may always wait alone.
  public var payloadBytesInFlight: Int { frameBytes }

  /// Memory of one connection at worst, outside the kernel.
  public var bytesPerConnection: Int {
    2 * (Self.framePrefixBytes + frameBytes)  // frame buffer: one frame being completed, grown by doubling
      + payloadBytesInFlight + frameBytes  // copies of calls that wait, the last of which may go over the bound
      + retainedReplyBytes  // reply buffer between turns
      + writeHardBytes  // replies that the peer has not read
      + 4_096  // libuv handles, timers and the connection's own fields
  }

  /// Memory of one connection on which nothing happens, outside the kernel: it keeps no buffers.
  public var bytesPerIdleConnection: Int {
    1_024  // libuv's handle and two requests
      + 1_024  // the session's and the connection's fields, and their places in the worker's and the server's tables
  }

  /// Memory of all connections of one worker, of whose buffers it has a sum.
  public var connectionBytesPerWorker: Int {
    connectionBufferBytes  // unfinished frames, unread replies, calls put off until they are read
      + bytesPerConnection  // what one connection takes in one turn before the sum is looked at
      + 64 << 10  // the buffer that all connections read into
  }

  /// Memory of one worker besides its connections and the model's columns.
  public var callBytesPerWorker: Int {
    2 * queuedCallBytes  // copies of calls that wait, in blocks of powers of two
      + retainedPayloadBytes  // blocks kept for calls to come
      + queuedCalls * 128  // their entries in the queue
      + 2 * decodeArenaBytes  // the call that is being answered, and a large one that is under way
      + replyBytes  // tables of the reply that is being encoded, at most as long as the reply
  }

  /// Memory that connections take, for so many workers.
  public func connectionBytes(workers: Int) -> Int {
    connections * bytesPerIdleConnection  // buffers apart
      + rememberedAddresses * 256  // clients whose offences are remembered
      + workers * connectionBytesPerWorker  // buffers
  }

  /// Memory that calls take, for so many workers.
  public func callBytes(workers: Int) -> Int { workers * callBytesPerWorker }

  /// Memory of the items that a learning server remembers, for a model that blends so many signals; 0 if it does not
  /// learn.
  public func shownItemBytes(signals: Int) -> Int {
    shownItems * 4 * signals  // standardised signals, float
      + shownItems * (8 + 8 + 4 + 1)  // request, tweet, log odds, outcome
      + shownItems * 2 * (8 + 8 + 1)  // where requests begin, one an item at worst, two places each
  }

  /// Decoding memory that the largest legal Rank call takes, which ``decodeArenaBytes`` must hold.
  public var decodedRankBytes: Int {
    frameBytes  // texts, copied out of the frame
      + candidatesPerCall * 64  // the NewTweet messages of protobuf-c
      + candidatesPerCall * 16  // rounding of each text up to the arena's alignment
      + candidatesPerCall * 8  // the array of pointers to them
      + candidatesPerCall * 40  // Ranking's NewTweet, made from them
      + 2 * candidatesPerCall * 40  // protobuf-c's list of scanned fields, in slabs that double
      + 1_024  // Call and RankRequest themselves
  }

  /// Memory that must be left for another model to be loaded beside the one that is served.
  public func reloadBytes(file: Int, workers: Int) -> Int {
    file  // tensors, as they are in the file
      + file / 4  // what is made of them: look-up tables, posting lists, the vocabulary, orders of all tweets
      + workers * candidatesPerCall * 4 * 4 * explainedSignals  // columns of signals and of explanations, float
      + 32 << 20  // what calls, connections and the feedback log may take meanwhile
  }
}
