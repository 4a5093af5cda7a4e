import Dispatch
import Testing

@testable import Kernels

private struct Stop: Error {}

@Suite("Work in pieces")
struct LongWorkTests {
  @Test("every number is in one piece, in order, and a pause follows each", arguments: [0, 1, 2, 3, 7, 8, 9, 100])
  func pieces(count: Int) {
    for rows in [-1, 0, 1, 2, 3, 8, 200, .max] {
      var all: [Int] = []
      var ends: [Int] = []
      var pauses: [Int] = []
      LongWork.whenPieceDone {
        pauses.append(all.count)
      } _: {
        for piece in LongWork.pieces(of: count, rows: rows) {
          #expect(!piece.isEmpty && piece.count <= max(1, rows))
          all += piece
          ends.append(all.count)
        }
      }
      #expect(all == Array(0..<count))
      #expect(pauses == ends)
    }
  }

  @Test("maps and copies are those that are made in one go, with a pause after each piece", arguments: [0, 1, 70_000])
  func copies(count: Int) {
    var pauses = 0
    let numbers = (0..<count).map { $0 &* 7919 % 1009 }
    let (mapped, copied) = LongWork.whenPieceDone {
      pauses += 1
    } _: {
      (
        LongWork.map(count, rows: 1_000) { String(numbers[$0]) },
        numbers.withUnsafeBufferPointer { LongWork.array($0) }
      )
    }
    #expect(mapped == numbers.map(String.init) && copied == numbers)
    #expect(pauses == (count + 999) / 1_000 + (count + LongWork.rows - 1) / LongWork.rows)
  }

  @Test("who listens hears of the work between, also of work that fails, and of nothing after it")
  func listeners() throws {
    var heard: [String] = []
    LongWork.pieceDone()
    #expect(throws: Stop.self) {
      try LongWork.whenPieceDone {
        heard.append("outer")
      } _: {
        LongWork.pieceDone()
        LongWork.whenPieceDone {
          heard.append("inner")
        } _: {
          LongWork.pieceDone()
        }
        LongWork.pieceDone()
        throw Stop()
      }
    }
    LongWork.pieceDone()
    for _ in LongWork.pieces(of: 3, rows: 1) {}
    #expect(heard == ["outer", "inner", "outer"])
  }

  @Test("who listens hears nothing of other threads")
  func otherThreads() {
    var heard = 0
    LongWork.whenPieceDone {
      heard += 1
    } _: {
      let group = DispatchGroup()
      DispatchQueue.global().async(group: group) {
        LongWork.pieceDone()
        for _ in LongWork.pieces(of: 3, rows: 1) {}
      }
      group.wait()
    }
    #expect(heard == 0)
  }
}
