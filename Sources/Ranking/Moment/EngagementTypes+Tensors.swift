import Artifact

extension EngagementTypes {
  /// Writes the types into a tensor set; nothing where there are none.
  package func add(to tensors: TensorSet) {
    guard !names.isEmpty else { return }
    var column = StringColumnBuilder()
    for name in names { column.append(Array(name.utf8)) }
    tensors.addStrings(MomentSchema.typeName, column)
    tensors.add(MomentSchema.typeRejection, shape: [names.count], rejections.map { $0 ? UInt8(1) : 0 })
    tensors.add(MomentSchema.typeOffset, shape: [names.count], offsets)
    tensors.add(MomentSchema.typeSlope, shape: [names.count, slopes.count / names.count], slopes)
  }

  /// Reads and checks the types of a blend over `signals` signals; files from before there were types have none.
  init(from reader: ColumnReader, tensors: TensorSet, signals: Int) throws(ModelError) {
    guard tensors.tensor(MomentSchema.typeRejection) != nil else {
      self = .none
      return
    }
    let rejections = try reader.column(MomentSchema.typeRejection, of: UInt8.self, shape: [nil])
    let count = rejections.count
    guard count <= Self.limit, rejections.contains(0) else {
      throw .badValue(
        tensor: MomentSchema.typeRejection, row: 0, value: "\(count) types",
        expected: "at most \(Self.limit), and one of them 0")
    }
    let column = try reader.strings(MomentSchema.typeName, count: count)
    let bound = Blend.largestContribution
    self.init(
      names: (0..<count).map { column.string($0) }, rejections: rejections.map { $0 != 0 },
      offsets: Array(try reader.bounded(MomentSchema.typeOffset, shape: [count], by: bound)),
      slopes: Array(
        try reader.bounded(MomentSchema.typeSlope, shape: [count, signals], by: bound / MomentBlend.bound)))
  }
}
