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
    let fifth = try fourth.renamed(base: 15, folder: folder.path)
    #expect(fifth.names.map(\.first) == [1, 11, 16] && fifth.node != fourth.node, "nothing was named in between")
    #expect(try NodeIdentity.read(folder: folder.path) == fifth)
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

  @Test("A state that takes new names has folded as much of its own log as before, and less of what others may have")
  func taken() throws {
    let first = try NodeIdentity.read(folder: folder.path)
    let second = try first.renamed(base: 10, folder: folder.path)
    let third = try second.renamed(base: 30, folder: folder.path)
    func state(_ identity: NodeIdentity, _ cursors: [UInt64: UInt64]) -> FoldedState {
      let state = FoldedState()
      state.take(identity)
      state.cursors = cursors
      return state
    }
    let fresh = state(first, [:])
    fresh.take(second)
    #expect(fresh.ownSequence == 0)
    // Twelve were folded when the last two got another name.
    let renamed = state(first, [first.node: 12, 5: 6])
    renamed.take(second)
    #expect(renamed.cursors == [first.node: 10, second.node: 12, 5: 6] && renamed.ownSequence == 12)
    renamed.take(second)
    #expect(renamed.cursors == [first.node: 10, second.node: 12, 5: 6])
    // Of the first name others' entries were followed since.
    let followed = state(second, [first.node: 99, second.node: 35])
    followed.take(third)
    #expect(followed.cursors == [first.node: 99, second.node: 30, third.node: 35])
    // The log has more to tell before the new name begins.
    let behind = state(second, [first.node: 10, second.node: 20])
    behind.take(third)
    #expect(behind.cursors == [first.node: 10, second.node: 20] && third.node(of: 21) == second.node)
  }
}
