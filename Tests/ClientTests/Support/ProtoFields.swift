/// Reads one protobuf message into its fields, by hand as `ProtoWriter` writes.
struct ProtoFields {
  enum Value: Equatable {
    case number(UInt64)
    case data([UInt8])
  }

  private var values: [Int: [Value]] = [:]

  /// Nil where the bytes are not a message.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let key = Self.varint(&rest) else { return nil }
      let value: Value
      switch key & 7 {
      case 0:
        guard let number = Self.varint(&rest) else { return nil }
        value = .number(number)
      case 1:
        guard rest.count >= 8 else { return nil }
        value = .number(Self.littleEndian(rest.prefix(8)))
        rest = rest.dropFirst(8)
      case 2:
        guard let count = Self.varint(&rest), rest.count >= count else { return nil }
        value = .data(Array(rest.prefix(Int(count))))
        rest = rest.dropFirst(Int(count))
      case 5:
        guard rest.count >= 4 else { return nil }
        value = .number(Self.littleEndian(rest.prefix(4)))
        rest = rest.dropFirst(4)
      default: return nil
      }
      values[Int(key >> 3), default: []].append(value)
    }
  }

  func has(_ field: Int) -> Bool { values[field] != nil }

  /// The field's number, 0 where it is absent.
  func number(_ field: Int) -> UInt64 {
    guard case .number(let number)? = values[field]?.last else { return 0 }
    return number
  }

  /// The field's bytes, none where it is absent.
  func data(_ field: Int) -> [UInt8] {
    guard case .data(let data)? = values[field]?.last else { return [] }
    return data
  }

  func text(_ field: Int) -> String { String(decoding: data(field), as: UTF8.self) }

  func messages(_ field: Int) -> [ProtoFields] {
    (values[field] ?? []).compactMap { value in
      guard case .data(let data) = value else { return nil }
      return ProtoFields(data)
    }
  }

  /// A packed column of 64-bit numbers.
  func ids(_ field: Int) -> [UInt64] {
    let data = data(field)
    return stride(from: 0, to: data.count - data.count % 8, by: 8).map { Self.littleEndian(data[$0..<$0 + 8]) }
  }

  /// A packed column of 32-bit floats.
  func floats(_ field: Int) -> [Float] {
    let data = data(field)
    return stride(from: 0, to: data.count - data.count % 4, by: 4)
      .map { Float(bitPattern: UInt32(Self.littleEndian(data[$0..<$0 + 4]))) }
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
    }
    return nil
  }

  private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
