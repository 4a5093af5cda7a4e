import Foundation
import Testing

@testable import Feedback

/// Names of nodes, and slices as they travel under them.
@Suite("Names of nodes")
struct NodeIdentityTests {
  private let folder: TemporaryFolder

  init() { folder = TemporaryFolder() }

  @Test("A name is made once; another one begins behind a base, and both are found again")
  func names() throws {
    let first = try NodeIdentity.read(folder: folder.path)
    #expect(try NodeIdentity.read(folder: folder.path) == first && first.node != 0)
    let second = try first.renamed(base: 10, folder: folder.path)
    let third = try second.renamed(base: 30, folder: folder.path)
    #expect(try NodeIdentity.read(folder: folder.path) == third)
    #expect(
      [1, 10, 11, 30, 31, .max].map(third.node(of:)) == [first, first, second, second, third, third].map(\.node))
    #expect(third.names.map(\.first) == [1, 11, 31] && third.names.map(\.last) == [10, 30, .max])
    // What was named behind the new base has never been shipped by that name, or it would be the base.
    let fourth = try third.renamed(base: 15, folder: folder.path)
    #expect(fourth.names.map(\.first) == [1, 11, 16] && fourth.node(of: 15) == second.node)
    #expect(try NodeIdentity.read(folder: folder.path) == fourth)
  }

  @Test("A file that names no node is refused")
  func refusals() throws {
    for text in [
      "", "\n", "0123456789abcdef", "0123456789abcde\n", "0000000000000000\n", "0123456789abcdeg\n",
      "0123456789abcdef x\n", "0123456789abcdef 5\n0123456789abcdef 5\n", "0123456789abcdef\n\n",
      "0123456789abcdef 1 2\n",
    ] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/node"))
      #expect(throws: FeedbackError.badNode(path: folder.path + "/node"), "\(text)") {
        try NodeIdentity.read(folder: folder.path)
      }
    }
  }

  @Test("How far the log is folded, by a state that may know of others' entries under earlier names")
  func folded() throws {
    let first = try NodeIdentity.read(folder: folder.path)
    let second = try first.renamed(base: 10, folder: folder.path)
    #expect(first.folded([:]) == 0 && first.folded([first.node: 7]) == 7)
    #expect(second.folded([:]) == 0 && second.folded([first.node: 7]) == 7)
    #expect(second.folded([first.node: 99]) == 10 && second.folded([first.node: 99, second.node: 12]) == 12)
  }
}
