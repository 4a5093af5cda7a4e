import ApusClient
import Foundation

/// Why a run could not begin.
enum LoadError: Error, CustomStringConvertible {
  case connection(String)
  case file(path: String, reason: String)
  case call(method: String, status: String, message: String)
  case option(String)
  case process(String)

  var description: String {
    switch self {
    case .connection(let message), .option(let message), .process(let message): message
    case .file(let path, let reason): "\(path): \(reason)"
    case .call(let method, let status, let message): "\(method): \(status): \(message)"
    }
  }
}

extension apus_error {
  /// The message as a string.
  var text: String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

/// Connects, with the token of `$APUS_TOKEN_FILE` where that is set, or says why not.
func connect(to address: String) throws(LoadError) -> OpaquePointer {
  var client: OpaquePointer?
  var error = apus_error()
  guard apus_connect(address, 3000, &client, &error) == APUS_OK, let client else { throw .connection(error.text) }
  if let path = getenv("APUS_TOKEN_FILE") {
    var reply = apus_reply()
    defer { apus_reply_free(&reply) }
    guard apus_authenticate_from(client, path, 3000, &reply) == APUS_OK else {
      apus_close(client)
      throw .connection("\(address): \(String(cString: reply.message))")
    }
  }
  return client
}
