import Ranking
import Testing

/// A change that makes a good model a bad one, and what is said of it.
struct Refusal: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let change: @Sendable (inout ModelFixture) -> Void

  init(_ description: String, _ change: @escaping @Sendable (inout ModelFixture) -> Void) {
    testDescription = description
    self.change = change
  }

  /// What is said of a small random model after the change; nil if it is taken.
  func refusal() -> String? {
    var fixture = ModelFixture.random(seed: 1, users: 4, tweets: 6, terms: 5, factors: 3)
    change(&fixture)
    do {
      _ = try fixture.model()
      return nil
    } catch let error as ModelError {
      return error.description
    } catch {
      return "not a ModelError: \(error)"
    }
  }
}
