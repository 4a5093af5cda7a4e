/// Work that takes long and may let others go first: who does it says after each piece that one is done, and who has it
/// done says what happens then, such as a moment's sleep. Where nobody does, nothing happens.
///
/// What happens belongs to the calling thread (or task) and not to arguments, as that of `Task.yield()` does: the loops are far
/// below those who know why they should wait, and the same loops run where nobody waits.
public enum LongWork {
  /// Called after each piece, on the thread of the work. Set by `$afterPiece.withValue`.
  @TaskLocal public static var afterPiece: (@Sendable () -> Void)?

  /// Rows of some bytes each that make a piece: some tens of microseconds.
  public static let rows = 1 << 14
  /// Rows that make a piece where each is an allocation or more.
  public static let heavyRows = 1 << 8

  /// A piece is done.
  public static func pause() { afterPiece?() }

  /// The numbers below `count`, piece by piece. What is between one piece and the next is done when the next is asked for.
  public static func pieces(of count: Int, rows: Int = Self.rows) -> Pieces { Pieces(count: count, rows: rows) }

  /// What `transform` makes of each number below `count`.
  public static func map<Element>(
    _ count: Int, rows: Int = Self.rows, _ transform: (Int) -> Element
  ) -> [Element] {
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for piece in pieces(of: count, rows: rows) {
      for row in piece { elements.append(transform(row)) }
    }
    return elements
  }

  /// A copy.
  public static func array<Element>(_ elements: UnsafeBufferPointer<Element>) -> [Element] {
    var copy: [Element] = []
    copy.reserveCapacity(elements.count)
    for piece in pieces(of: elements.count) { copy.append(contentsOf: UnsafeBufferPointer(rebasing: elements[piece])) }
    return copy
  }

  /// Ranges that follow each other.
  public struct Pieces: Sequence, IteratorProtocol {
    private let count: Int
    private let rows: Int
    private var start = 0
    private let afterPiece: (@Sendable () -> Void)?

    fileprivate init(count: Int, rows: Int) {
      (self.count, self.rows) = (count, Swift.max(1, rows))
      afterPiece = LongWork.afterPiece
    }

    public mutating func next() -> Range<Int>? {
      if start > 0 { afterPiece?() }
      guard start < count else { return nil }
      let piece = start..<(count - start > rows ? start + rows : count)
      start = piece.upperBound
      return piece
    }
  }
}
