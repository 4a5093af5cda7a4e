import Kernels

extension TensorSet {
  /// The elements of a tensor, once its type and shape are found to be as expected.
  ///
  /// - Parameters:
  ///   - name: which tensor.
  ///   - shape: one extent per dimension; nil allows any.
  /// - Throws: ``ArtifactError`` where the tensor is missing or is different.
  /// - Complexity: O(1).
  public func column<T: TensorElement>(
    _ name: String, of _: T.Type, shape: [Int?]
  ) throws(ArtifactError) -> UnsafeBufferPointer<T> {
    guard let tensor = tensor(name) else {
      throw .missingTensor(name: name)
    }
    guard tensor.type == T.elementType else {
      throw .wrongType(name: name, got: tensor.type, expected: T.elementType)
    }
    let fits =
      tensor.shape.count == shape.count
      && zip(tensor.shape, shape).allSatisfy { got, expected in expected == nil || expected == got }
    guard fits else {
      throw .wrongShape(name: name, got: tensor.shape, expected: shape)
    }
    return tensor.bytes.bindMemory(to: T.self)
  }

  /// The strings under a name, once their offsets are found to be sound. Their bytes need not be valid UTF-8.
  ///
  /// - Throws: ``ArtifactError`` where a tensor is missing or different, or an offset is wrong.
  /// - Complexity: O(count).
  public func strings(_ name: String, count: Int) throws(ArtifactError) -> StringColumn {
    let offsets = try column("\(name).offsets", of: UInt64.self, shape: [Self.offsetCount(count)])
    let bytes = try column("\(name).bytes", of: UInt8.self, shape: [nil])
    try Self.check(offsets, end: bytes.count, of: name)
    return StringColumn(offsets: offsets, bytes: UnsafeRawBufferPointer(bytes))
  }

  /// The sparse rows under a name, once every entry is found to be sound: columns below `columns` and strictly
  /// ascending within a row, weights finite.
  ///
  /// - Throws: ``ArtifactError`` where a tensor is missing or different, or an entry is wrong.
  /// - Complexity: O(rows + entries).
  public func sparseRows(_ name: String, rows: Int, columns: Int) throws(ArtifactError) -> SparseColumn {
    let offsets = try column("\(name).offsets", of: UInt64.self, shape: [Self.offsetCount(rows)])
    let terms = try column("\(name).terms", of: UInt32.self, shape: [nil])
    let weights = try column("\(name).weights", of: Float.self, shape: [terms.count])
    try Self.check(offsets, end: terms.count, of: name)
    let sparse = SparseColumn(offsets: offsets, terms: terms, weights: weights)
    // A row has some ten entries or some hundred.
    for rows in LongWork.pieces(of: sparse.rowCount, rows: LongWork.listRows) {
      for row in rows { try Self.check(row, of: sparse, columns: columns, name: name) }
    }
    return sparse
  }

  private static func check(
    _ row: Int, of sparse: SparseColumn, columns: Int, name: String
  ) throws(ArtifactError) {
    var previous = -1
    for entry in sparse.entries(ofRow: row) {
      let (term, weight) = (Int(sparse.terms[entry]), sparse.weights[entry])
      guard term < columns else {
        throw .badColumn(name: name, reason: "row \(row) has an entry in column \(term) of \(columns)")
      }
      guard term > previous else {
        throw .badColumn(name: name, reason: "row \(row) has column \(term) after column \(previous)")
      }
      guard weight.isFinite else {
        throw .badColumn(name: name, reason: "row \(row) has the weight \(weight) in column \(term)")
      }
      previous = term
    }
  }

  /// The offsets of `rows` lists whose values stand in other tensors, `end` of them, once they are found to be sound.
  ///
  /// - Throws: ``ArtifactError`` where the tensor is missing or different, or an offset is wrong.
  /// - Complexity: O(rows).
  public func offsets(_ name: String, rows: Int, end: Int) throws(ArtifactError) -> UnsafeBufferPointer<UInt64> {
    let offsets = try column(name, of: UInt64.self, shape: [Self.offsetCount(rows)])
    try Self.check(offsets, end: end, of: name)
    return offsets
  }

  /// Offsets of so many rows; an absurd count stays absurd instead of overflowing.
  private static func offsetCount(_ rows: Int) -> Int {
    rows.addingReportingOverflow(1).overflow ? rows : rows + 1
  }

  /// Offsets must begin with 0, never decrease, and end where the entries end.
  private static func check(
    _ offsets: UnsafeBufferPointer<UInt64>, end: Int, of name: String
  ) throws(ArtifactError) {
    guard let first = offsets.first, let last = offsets.last else {
      throw .badColumn(name: name, reason: "no offsets")
    }
    guard first == 0 else {
      throw .badColumn(name: name, reason: "the first offset is \(first), expected 0")
    }
    guard last == UInt64(end) else {
      throw .badColumn(name: name, reason: "the last offset is \(last), expected \(end)")
    }
    for piece in LongWork.pieces(of: offsets.count - 1) {
      for index in piece where offsets[index + 1] < offsets[index] {
        throw .badColumn(
          name: name, reason: "offset \(index + 1) is \(offsets[index + 1]), less than \(offsets[index]) before it")
      }
    }
  }
}
