import Artifact

extension TensorSet {
  /// Adds copies of the other set's tensors for which `isKept` holds: a model to be damaged.
  public func addCopies(of other: TensorSet, where isKept: (String) -> Bool) {
    for name in other.names where isKept(name) {
      guard let tensor = other.tensor(name) else { continue }
      func add<T: TensorElement>(_: T.Type) {
        self.add(name, shape: tensor.shape, Array(tensor.bytes.bindMemory(to: T.self)))
      }
      switch tensor.type {
      case .u8: add(UInt8.self)
      case .i8: add(Int8.self)
      case .i16: add(Int16.self)
      case .u32: add(UInt32.self)
      case .u64: add(UInt64.self)
      case .i64: add(Int64.self)
      case .f32: add(Float.self)
      case .f64: add(Double.self)
      }
    }
  }
}
