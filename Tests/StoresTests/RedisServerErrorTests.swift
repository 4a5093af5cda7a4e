import Testing

@testable import Stores

/// What an error of Redis means to a client.
@Suite("Errors of Redis")
struct RedisServerErrorTests {
  @Test(
    "a Redis that answers everything so, as long as nobody changes it, is given up; any other may do better",
    arguments: RedisServerError.Kind.allCases)
  func ends(kind: RedisServerError.Kind) {
    let line = kind == .other ? "ERR what" : "\(kind.rawValue) what"
    let error = RedisServerError(line: Array(line.utf8))
    #expect(error.kind == kind && error.message == line)
    #expect(error.endsConnection == [.moved, .ask, .readOnly, .noAuthentication].contains(kind))
    #expect(error.description.hasPrefix("Redis answered: \(line)"))
  }
}
