/// Texts back to back in one buffer, found by row.
struct TextStore {
  private var bytes: [UInt8] = []
  private var starts: [Int] = []
  private var ends: [Int] = []

  var count: Int { starts.count }

  mutating func append(_ text: UnsafeRawBufferPointer) {
    starts.append(bytes.count)
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }

  /// Lends the bytes of one text.
  func withText<R>(_ row: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[starts[row]..<ends[row]])) }
  }

  /// The same texts in another order: row r of the result is row `rows[r]` of this one, or empty where that is nil.
  func arranged(_ rows: [Int?]) -> TextStore {
    var store = TextStore()
    store.bytes = bytes
    store.starts = rows.map { row in row.map { starts[$0] } ?? 0 }
    store.ends = rows.map { row in row.map { ends[$0] } ?? 0 }
    return store
  }
}
