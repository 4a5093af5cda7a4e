import Glibc

/// Work that takes long and may let others go first: who does it says after each piece that one is done, and who has it
/// done says what happens then, such as a moment's sleep. Where nobody says so, nothing happens.
///
/// It belongs to the calling thread and is not an argument: the loops are far below those who know why they should
/// wait, and the same loops run where nobody waits.
public enum LongWork {
  /// Does `work` and has `afterPiece` called after each of its pieces, on the calling thread.
  ///
  /// A pthread key rather than `@TaskLocal`, whose runtime crashes in `withValue` on a thread outside of any task
  /// (Swift 6.3, release build).
  public static func whenPieceDone<Result, Failure: Error>(
    _ afterPiece: @escaping () -> Void, _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (mine, outer) = (Listener(pieceDone: afterPiece), listener)
    listener = mine
    defer { withExtendedLifetime(mine) { listener = outer } }
    return try work()
  }

  /// Rows of some bytes each that make a piece: some tens of microseconds.
  public static let rows = 1 << 14
  /// Rows that make a piece where each is a list of some numbers.
  public static let listRows = rows / 16
  /// Rows that make a piece where each is an allocation or more.
  public static let heavyRows = 1 << 8

  /// A piece is done, of work that is not a loop over rows.
  public static func pieceDone() { listener?.pieceDone() }

  /// The numbers below `count` in ranges of `rows`; a piece is done when the next is asked for.
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
    private let listener: Listener?

    fileprivate init(count: Int, rows: Int) {
      (self.count, self.rows) = (count, Swift.max(1, rows))
      listener = LongWork.listener
    }

    /// The next piece; says first that the one before is done.
    public mutating func next() -> Range<Int>? {
      if start > 0 { listener?.pieceDone() }
      guard start < count else { return nil }
      let piece = start..<(count - start > rows ? start + rows : count)
      start = piece.upperBound
      return piece
    }
  }

  /// Whom the calling thread tells of its pieces. The thread does not own it: `whenPieceDone` does.
  private static var listener: Listener? {
    get {
      guard let key, let object = pthread_getspecific(key) else { return nil }
      return Unmanaged<Listener>.fromOpaque(object).takeUnretainedValue()
    }
    set {
      guard let key else { return }
      pthread_setspecific(key, newValue.map { UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) })
    }
  }

  /// Where the process has no key left, nobody is told.
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()

  fileprivate final class Listener {
    let pieceDone: () -> Void

    init(pieceDone: @escaping () -> Void) { self.pieceDone = pieceDone }
  }
}
