import Glibc

/// Looks every few milliseconds whether something has come true; throws after so many seconds, with what is so instead.
package func awaitUntil(
  _ what: @autoclosure () -> String, seconds: Double = 30, last: () -> String = { "" }, _ isTrue: () throws -> Bool
) throws {
  let end = ContinuousClock.now + .seconds(seconds)
  while try !isTrue() {
    guard ContinuousClock.now < end else { throw TestFailure("waited in vain until \(what()); \(last())") }
    usleep(2_000)
  }
}
