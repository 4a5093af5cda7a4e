import ApusClient

/// Asks the server what it is and what it holds, and draws the requests.
struct Preparation {
  /// The server in words: version, model, workers.
  let server: String
  let pool: RequestPool
  /// What the person at the terminal should know about the drawing.
  let notes: [String]

  init(
    plan: LoadPlan, usersPath: String?, tweetsPath: String?, range: IDRange?, seed: UInt64, newTextShare: Double
  ) throws(LoadError) {
    let client = try connect(to: plan.address)
    defer { apus_close(client) }
    server = try Self.describe(client)
    var notes: [String] = []
    var texts: [[UInt8]] = []
    let users: IDSource
    let tweets: IDSource
    if let usersPath {
      users = .list(try KeyFile.read(usersPath))
    } else {
      users = range.map(IDSource.range) ?? .anything
    }
    if let tweetsPath {
      tweets = .list(try KeyFile.read(tweetsPath))
    } else if let range {
      tweets = .range(range)
    } else {
      tweets = .list(try Self.topTweets(client, limits: [100_000, 5000, 1000], withTexts: false).ids)
    }
    if case .list(let ids) = tweets, ids.count < plan.candidates {
      notes.append("only \(ids.count) tweets to draw \(plan.candidates) candidates from; the rest are unknown ids")
    }
    if newTextShare > 0 {
      texts = try Self.topTweets(client, limits: [1000, 100], withTexts: true).texts
      if texts.isEmpty {
        texts = MadeUpTexts.draw(1000, seed: seed)
        notes.append("the model holds no texts; new tweets carry made-up ones")
      }
    }
    self.notes = notes
    pool = RequestPool(
      candidates: plan.candidates, newTextShare: newTextShare, explains: plan.explains, users: users, tweets: tweets,
      texts: texts, seed: seed)
  }

  private static func describe(_ client: OpaquePointer) throws(LoadError) -> String {
    var reply = apus_reply()
    defer { apus_reply_free(&reply) }
    guard apus_describe(client, 2000, &reply) == APUS_OK, let it = reply.description?.pointee else {
      throw failure(of: "Describe", reply)
    }
    let version = String(cString: it.server_version)
    let model = String(cString: it.model_version)
    return "server \(version), model \(model) (\(it.tweets) tweets, \(it.users) users), \(it.workers) workers"
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
