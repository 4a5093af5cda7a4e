/// Why the harness, not the product, could not do what a test asked.
struct TestFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
