import ServerSupport
import Glibc

/// Looks every few milliseconds whether something has come true, for half a minute.
func awaitUntil(_ what: String, last: () -> String = { "" }, _ isTrue: () throws -> Bool) throws {
  let end = ContinuousClock.now + .seconds(30)
  while try !isTrue() {
    guard ContinuousClock.now < end else { throw TestFailure("waited in vain until \(what); \(last())") }
    usleep(2_000)
  }
}
