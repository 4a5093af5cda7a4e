/// The element types a model file may hold, under their names in the safetensors format; all little-endian.
public enum ElementType: String, CaseIterable, Sendable {
  /// Bytes.
  case u8 = "U8"
  /// 8-bit signed integers.
  case i8 = "I8"
  /// 16-bit signed integers.
  case i16 = "I16"
  /// 32-bit unsigned integers.
  case u32 = "U32"
  /// 64-bit unsigned integers.
  case u64 = "U64"
  /// 64-bit signed integers.
  case i64 = "I64"
  /// IEEE 754 single precision.
  case f32 = "F32"
  /// IEEE 754 double precision.
  case f64 = "F64"

  /// Bytes of one element, which is its alignment too.
  public var byteCount: Int {
    switch self {
    case .u8, .i8: 1
    case .i16: 2
    case .u32, .f32: 4
    case .u64, .i64, .f64: 8
    }
  }
}

/// A Swift type that is stored in tensors as it lies in memory.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The type's name in a file.
  static var elementType: ElementType { get }
}

extension UInt8: TensorElement {
  /// `U8`.
  public static var elementType: ElementType { .u8 }
}

extension Int8: TensorElement {
  /// `I8`.
  public static var elementType: ElementType { .i8 }
}

extension Int16: TensorElement {
  /// `I16`.
  public static var elementType: ElementType { .i16 }
}

extension UInt32: TensorElement {
  /// `U32`.
  public static var elementType: ElementType { .u32 }
}

extension UInt64: TensorElement {
  /// `U64`.
  public static var elementType: ElementType { .u64 }
}

extension Int64: TensorElement {
  /// `I64`.
  public static var elementType: ElementType { .i64 }
}

extension Float: TensorElement {
  /// `F32`.
  public static var elementType: ElementType { .f32 }
}

extension Double: TensorElement {
  /// `F64`.
  public static var elementType: ElementType { .f64 }
}
