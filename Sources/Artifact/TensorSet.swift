import Kernels

/// The contents of a model file: named tensors and string metadata.
///
/// One thread builds a set by ``add(_:shape:_:)`` and ``write(to:)``, or gets one from ``read(path:)``. From the moment
/// it is shared between threads it must not be changed any more; then all reading is free of locks. The set owns the
/// memory of its tensors: whoever keeps a view (``Tensor``, ``StringColumn``, a buffer) keeps the set as well.
///
/// The order of tensors is that of the file: wider elements first, otherwise as added, so that every tensor begins at
/// a multiple of its element size although the format allows no gaps.
public final class TensorSet: @unchecked Sendable {
  /// The metadata key under which a file keeps its own checksum; it never appears in ``metadata``.
  public static let checksumKey = "data_xxh3"

  private var tensors: [Tensor] = []
  private var places: [String: Int] = [:]
  private var memory: [PageMemory] = []
  private var readVersion: String?

  /// What the file says about itself. Written in order of the keys' UTF-8 bytes, so equal sets give equal files.
  public var metadata: [String: String] = [:] {
    didSet {
      metadata[Self.checksumKey] = nil
      readVersion = nil
    }
  }

  /// An empty set.
  public init() {}

  /// A set around tensors that lie in `memory`, in file order and with unique names.
  init(tensors: [Tensor], memory: PageMemory, metadata: [String: String], version: String) {
    self.tensors = tensors
    self.memory = [memory]
    self.metadata = metadata
    readVersion = version
    for (place, tensor) in tensors.enumerated() {
      places[tensor.name] = place
    }
  }

  /// Names of the tensors, in file order.
  public var names: [String] { fileOrder.map(\.name) }

  /// The tensor of that name, if there is one.
  public func tensor(_ name: String) -> Tensor? {
    places[name].map { tensors[$0] }
  }

  /// The model's version: the checksum of the file as 16 hexadecimal digits.
  ///
  /// Known at once for a set that was read; for one being built it is computed on each use, from all bytes.
  public var version: String {
    readVersion ?? FileHeader(self).checksum(data: fileOrder)
  }

  /// Adds a tensor by copying its values.
  ///
  /// - Parameters:
  ///   - name: not empty, not yet in the set, not `__metadata__`.
  ///   - shape: extents whose product is `values.count`.
  ///   - values: the elements, row-major.
  public func add<T: TensorElement>(_ name: String, shape: [Int], _ values: [T]) {
    precondition(
      Tensor.elementCount(of: shape) == values.count, "\(name): \(values.count) values for shape \(shape)")
    add(name, shape: shape, of: T.self) { elements in
      _ = elements.initialize(from: values)
    }
  }

  /// Adds a tensor whose elements `fill` writes straight to their final place; they are zero before.
  ///
  /// Spares large tensors a second copy. The conditions on `name` and `shape` are those of ``add(_:shape:_:)``.
  public func add<T: TensorElement>(
    _ name: String, shape: [Int], of _: T.Type, filledBy fill: (UnsafeMutableBufferPointer<T>) -> Void
  ) {
    precondition(!name.isEmpty && name != FileHeader.metadataKey, "\"\(name)\" cannot name a tensor")
    precondition(places[name] == nil, "tensor \(name) was added before")
    guard let count = Tensor.elementCount(of: shape),
      let block = PageMemory(byteCount: count * MemoryLayout<T>.stride)
    else {
      preconditionFailure("\(name): no memory for shape \(shape)")
    }
    fill(block.bytes.bindMemory(to: T.self))
    places[name] = tensors.count
    tensors.append(
      Tensor(name: name, type: T.elementType, shape: shape, bytes: UnsafeRawBufferPointer(block.bytes)))
    memory.append(block)
    readVersion = nil
  }

  /// Adds strings as two tensors: `name.offsets` U64 [count + 1] and `name.bytes` U8.
  public func addStrings(_ name: String, _ column: StringColumnBuilder) {
    add("\(name).offsets", shape: [column.offsets.count], column.offsets)
    add("\(name).bytes", shape: [column.bytes.count], column.bytes)
  }

  /// Adds sparse rows as three tensors: `name.offsets` U64 [rows + 1], `name.terms` U32 and `name.weights` F32.
  public func addSparseRows(_ name: String, _ rows: SparseRows<Float>) {
    add("\(name).offsets", shape: [rows.offsets.count], rows.offsets)
    add("\(name).terms", shape: [rows.columns.count], rows.columns)
    add("\(name).weights", shape: [rows.values.count], rows.values)
  }

  /// The tensors, wider elements first, otherwise as added.
  var fileOrder: [Tensor] {
    [8, 4, 2, 1].flatMap { width in tensors.filter { $0.type.byteCount == width } }
  }
}
