/// A named array of numbers: a view into the memory of a ``TensorSet``, which must outlive it.
public struct Tensor: @unchecked Sendable {
  /// The name in the file.
  public let name: String
  /// What the elements are.
  public let type: ElementType
  /// Extent of each dimension, row-major; an empty shape is one single element.
  public let shape: [Int]
  /// The elements, 64-byte aligned; as many bytes as shape and type say.
  public let bytes: UnsafeRawBufferPointer

  /// Elements in a tensor of this shape; nil where the product does not fit.
  static func elementCount(of shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }
}
