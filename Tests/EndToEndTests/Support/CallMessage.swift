import CProtobufC
import RankingProto

/// A call as a client would write it, packed by protobuf-c.
struct CallMessage {
  enum Method {
    case rank(RankMessage)
    case recommend(user: UInt64, limit: UInt32)
    case similar(tweet: UInt64, text: [UInt8], limit: UInt32, includesText: Bool)
    case top(order: UInt32, limit: UInt32, includesText: Bool)
    case record(EventsMessage)
    case reload(path: String, rollback: Bool)
    case describe
    case ping
    case authenticate([UInt8])
    case none
  }

  var id: UInt64
  var budgetMillis: UInt32?
  var criticality: UInt32 = 0
  var traceParent: [UInt8] = []
  var method: Method

  init(_ id: UInt64, budgetMillis: UInt32? = nil, _ method: Method) {
    self.id = id
    self.budgetMillis = budgetMillis
    self.method = method
  }

  static func describe(_ id: UInt64) -> CallMessage { CallMessage(id, .describe) }

  static func reload(_ id: UInt64, path: String = "", rollback: Bool = false) -> CallMessage {
    CallMessage(id, budgetMillis: 1_000, .reload(path: path, rollback: rollback))
  }

  static func rank(_ id: UInt64, user: UInt64, _ tweets: [UInt64]) -> CallMessage {
    CallMessage(id, budgetMillis: 1_000, .rank(RankMessage(user: user, tweets: tweets)))
  }

  /// A length prefix and the payload.
  var frame: [UInt8] { Frame.of(payload) }

  var payload: [UInt8] {
    let memory = PackMemory()
    var call = Apus__V1__Call()
    apus__v1__call__init(&call)
    call.id = id
    call.criticality = Apus__V1__Criticality(rawValue: criticality)
    call.trace_parent = memory.data(traceParent)
    if let budgetMillis {
      call.budget_case = APUS__V1__CALL__BUDGET_BUDGET_MS
      call.budget_ms = budgetMillis
    }
    fill(&call, memory)
    return [UInt8](unsafeUninitializedCapacity: apus__v1__call__get_packed_size(&call)) { buffer, count in
      count = apus__v1__call__pack(&call, buffer.baseAddress)
    }
  }

  private func fill(_ call: inout Apus__V1__Call, _ memory: PackMemory) {
    switch method {
    case .rank(let message):
      call.method_case = APUS__V1__CALL__METHOD_RANK
      call.rank = message.request(memory)
    case .recommend(let user, let limit):
      call.method_case = APUS__V1__CALL__METHOD_RECOMMEND
      call.recommend = memory.message(apus__v1__recommend_request__init) {
        $0.user_id = user
        $0.limit = limit
      }
    case .similar(let tweet, let text, let limit, let includesText):
      call.method_case = APUS__V1__CALL__METHOD_SIMILAR_TWEETS
      call.similar_tweets = memory.message(apus__v1__similar_tweets_request__init) {
        $0.tweet_id = tweet
        $0.text = memory.data(text)
        $0.limit = limit
        $0.include_text = includesText ? 1 : 0
      }
    case .top(let order, let limit, let includesText):
      call.method_case = APUS__V1__CALL__METHOD_TOP_TWEETS
      call.top_tweets = memory.message(apus__v1__top_tweets_request__init) {
        $0.order = Apus__V1__TopOrder(rawValue: order)
        $0.limit = limit
        $0.include_text = includesText ? 1 : 0
      }
    case .record(let message):
      call.method_case = APUS__V1__CALL__METHOD_RECORD_EVENTS
      call.record_events = message.request(memory)
    case .reload(let path, let rollback):
      call.method_case = APUS__V1__CALL__METHOD_RELOAD_MODEL
      call.reload_model = memory.message(apus__v1__reload_model_request__init) {
        $0.path = memory.data(Array(path.utf8))
        $0.rollback = rollback ? 1 : 0
      }
    case .describe:
      call.method_case = APUS__V1__CALL__METHOD_DESCRIBE
      call.describe = memory.message(apus__v1__describe_request__init) { _ in }
    case .ping:
      call.method_case = APUS__V1__CALL__METHOD_PING
      call.ping = memory.message(apus__v1__ping_request__init) { _ in }
    case .authenticate(let token):
      call.method_case = APUS__V1__CALL__METHOD_AUTHENTICATE
      call.authenticate = memory.message(apus__v1__authenticate_request__init) { $0.token = memory.data(token) }
    case .none: break
    }
  }
}

/// Frames of any payload.
enum Frame {
  static func prefix(_ length: UInt32) -> [UInt8] { withUnsafeBytes(of: length.bigEndian) { Array($0) } }
  static func of(_ payload: [UInt8]) -> [UInt8] { prefix(UInt32(payload.count)) + payload }
}
