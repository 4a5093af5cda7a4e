import ApusClient

/// Asks the server what it is and what it holds, and draws the requests or reads the recorded ones.
struct Preparation {
  /// The server in words: version, model, workers.
  let server: String
  let source: CallSource
  /// What the person at the terminal should know about the drawing.
  let notes: [String]

  init(plan: LoadPlan) throws(LoadError) {
    let client = try connect(to: plan.address)
    defer { apus_close(client) }
    server = try Self.describe(client) { about in
      let (version, model) = (String(cString: about.server_version), String(cString: about.model_version))
      return
        "server \(version), model \(model) (\(about.tweets) tweets, \(about.users) users), \(about.workers) workers"
    }
    if let path = plan.source.replayPath {
      let recording = try Recording(path: path)
      source = .recording(recording)
      notes =
        recording.bytesLeft > 0
        ? ["\(path) was cut short: its last \(recording.bytesLeft) bytes are no whole call"] : []
    } else {
      let (pool, notes) = try Self.draw(plan, client)
      source = .pool(pool)
      self.notes = notes
    }
  }

  /// What a server says about how many calls it takes at once on a connection.
  static func callsInFlight(at address: String) throws(LoadError) -> Int {
    let client = try connect(to: address)
    defer { apus_close(client) }
    return try describe(client) { max(1, Int($0.limits.calls_in_flight)) }
  }

  private static func draw(
    _ plan: LoadPlan, _ client: OpaquePointer
  ) throws(LoadError) -> (pool: RequestPool, notes: [String]) {
    var notes: [String] = []
    var texts: [[UInt8]] = []
    let wish = plan.source
    let users: IDSource
    let tweets: IDSource
    if let path = wish.usersPath {
      users = .list(try KeyFile.read(path))
    } else {
      users = wish.range.map(IDSource.range) ?? .anything
    }
    if let path = wish.tweetsPath {
      tweets = .list(try KeyFile.read(path))
    } else if let range = wish.range {
      tweets = .range(range)
    } else {
      tweets = .list(try Self.topTweets(client, limits: [100_000, 5000, 1000], withTexts: false).ids)
    }
    let most = plan.candidates.parts.map(\.value).max() ?? 0
    if case .list(let ids) = tweets, ids.count < most {
      notes.append("only \(ids.count) tweets to draw \(most) candidates from; the rest are unknown ids")
    }
    if wish.newTextShare > 0 {
      texts = try Self.topTweets(client, limits: [1000, 100], withTexts: true).texts
      if texts.isEmpty {
        texts = MadeUpTexts.draw(1000, seed: wish.seed)
        notes.append("the model holds no texts; new tweets carry made-up ones")
      }
    }
    let ingredients = RequestPool.Ingredients(
      candidates: plan.candidates, newTextShare: wish.newTextShare, explains: plan.explains, users: users,
      tweets: tweets, texts: texts)
    return (RequestPool(ingredients, seed: wish.seed), notes)
  }

  /// What is taken from the server's description of itself.
  private static func describe<Answer>(
    _ client: OpaquePointer, _ take: (apus_description) -> Answer
  ) throws(LoadError) -> Answer {
    var reply = apus_reply()
    defer { apus_reply_free(&reply) }
    guard apus_describe(client, 2000, &reply) == APUS_OK, let about = reply.description?.pointee else {
      throw failure(of: "Describe", reply)
    }
    return take(about)
  }

  /// The server's best tweets, as many as it gives: it may refuse a large limit, so smaller ones are tried.
  private static func topTweets(
    _ client: OpaquePointer, limits: [UInt32], withTexts: Bool
  ) throws(LoadError) -> (ids: [UInt64], texts: [[UInt8]]) {
    var refusal = LoadError.call(method: "TopTweets", status: "", message: "")
    for limit in limits {
      var reply = apus_reply()
      defer { apus_reply_free(&reply) }
      var request = apus_top_request()
      request.limit = limit
      request.include_text = withTexts
      if apus_top(client, &request, 1000, &reply) == APUS_OK, let tweets = reply.tweets?.pointee {
        let texts = UnsafeBufferPointer(start: tweets.texts, count: tweets.texts == nil ? 0 : tweets.count)
          .filter { $0.length > 0 }
          .map { Array(UnsafeRawBufferPointer(start: $0.bytes, count: $0.length)) }
        return (Array(UnsafeBufferPointer(start: tweets.tweet_ids, count: tweets.count)), texts)
      }
      refusal = failure(of: "TopTweets", reply)
    }
    throw refusal
  }

  private static func failure(of method: String, _ reply: apus_reply) -> LoadError {
    .call(
      method: method, status: String(cString: apus_strstatus(reply.status)), message: String(cString: reply.message))
  }
}
