/// A refused call before its id is known.
struct Refusal: Error {
  let status: ReplyStatus

  init(_ reason: Reason, _ message: String, code: StatusCode = .invalidArgument) {
    status = ReplyStatus(code, reason: reason, message: message)
  }
}
