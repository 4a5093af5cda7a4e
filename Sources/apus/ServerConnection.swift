import ApusClient
import ArgumentParser

/// The C stub with Swift's types around it: one blocking call at a time.
final class ServerConnection {
  private let client: OpaquePointer
  private let deadline: UInt32
  private let address: String

  /// - Parameter tokenFile: whose first line is the server's token; nil: none is shown.
  init(address: String, tokenFile: String?, deadlineMillis: UInt32) throws {
    var client: OpaquePointer?
    var error = apus_error()
    let status = apus_connect(address, deadlineMillis, &client, &error)
    guard status == APUS_OK, let client else {
      let message = withUnsafeBytes(of: error.message) { Self.text($0) }
      throw (status == APUS_ERR_USAGE ? Failure.usage : .unavailable).exit(message)
    }
    self.client = client
    self.address = address
    deadline = deadlineMillis
    guard let tokenFile else { return }
    _ = try reply { apus_authenticate_from(client, tokenFile, deadline, $0) }
  }

  deinit { apus_close(client) }

  func rank(_ request: inout apus_rank_request) throws -> ServerReply {
    try reply { apus_rank(client, &request, deadline, $0) }
  }

  func recommend(_ request: inout apus_recommend_request) throws -> ServerReply {
    try reply { apus_recommend(client, &request, deadline, $0) }
  }

  func similar(_ request: inout apus_similar_request) throws -> ServerReply {
    try reply { apus_similar(client, &request, deadline, $0) }
  }

  func top(_ request: inout apus_top_request) throws -> ServerReply {
    try reply { apus_top(client, &request, deadline, $0) }
  }

  func record(_ events: [apus_event]) throws -> ServerReply {
    try reply { apus_record(client, events, events.count, deadline, $0) }
  }

  /// Sets what events are worth, or only asks where there is nothing to set.
  func setRewards(_ rewards: [apus_reward]) throws -> ServerReply {
    try reply { apus_set_rewards(client, rewards, rewards.count, deadline, $0) }
  }

  /// Waits for so long, whatever the deadline of other calls.
  func reload(path: String?, rollback: Bool, waitMillis: UInt32) throws -> ServerReply {
    try reply { apus_reload(client, path, rollback, waitMillis, $0) }
  }

  func describe() throws -> ServerReply {
    try reply { apus_describe(client, deadline, $0) }
  }

  /// Runs one call; a status other than OK ends the command with the server's own words.
  private func reply(_ call: (UnsafeMutablePointer<apus_reply>) -> apus_status) throws -> ServerReply {
    let reply = ServerReply()
    let status = call(reply.pointer)
    guard status != APUS_OK else { return reply }
    let name = String(cString: apus_strstatus(status))
    var message = "\(address): \(name): \(String(cString: reply.pointer.pointee.message))"
    if reply.pointer.pointee.retry_after_ms > 0 {
      message += " (try again after \(reply.pointer.pointee.retry_after_ms) ms)"
    }
    throw Self.failure(status).exit(message)
  }

  private static func failure(_ status: apus_status) -> Failure {
    switch status {
    case APUS_UNAUTHENTICATED, APUS_PERMISSION_DENIED: .noPermission
    case APUS_INVALID_ARGUMENT, APUS_NOT_FOUND, APUS_OUT_OF_RANGE, APUS_FAILED_PRECONDITION, APUS_ERR_USAGE:
      .badData
    case APUS_DEADLINE_EXCEEDED, APUS_RESOURCE_EXHAUSTED, APUS_ERR_TIMEOUT: .tryAgain
    default: .unavailable
    }
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// A reply of the stub, freed with the object.
final class ServerReply {
  let pointer: UnsafeMutablePointer<apus_reply>

  init() {
    pointer = .allocate(capacity: 1)
    pointer.initialize(to: apus_reply())
  }

  deinit {
    apus_reply_free(pointer)
    pointer.deallocate()
  }

  var serverMicros: UInt32 { pointer.pointee.server_micros }
  var queueMicros: UInt32 { pointer.pointee.queue_micros }

  /// Text `index` of a column, or an empty string.
  static func text(_ column: UnsafePointer<apus_text>?, _ index: Int) -> String {
    guard let column, let bytes = column[index].bytes else { return "" }
    return String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: column[index].length), as: UTF8.self)
  }
}
