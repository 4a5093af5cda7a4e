/// The header of a model file: what it says before the first tensor's bytes.
///
/// The JSON always begins with the file's checksum, at a fixed place, so that a reader knows a model of Apus by its
/// first bytes and can compute the checksum with these digits as zeros:
///
///     {"__metadata__":{"data_xxh3":"0123456789abcdef","key":"value",…},"name":{"dtype":"F32",…},…}
struct FileHeader {
  /// One tensor's entry; `begin` and `end` count bytes from the start of the data.
  struct Entry: Equatable {
    var name: String
    var type: ElementType
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  /// The key of the format that holds strings instead of a tensor.
  static let metadataKey = "__metadata__"
  /// Bytes of the header length at the start of a file.
  static let lengthBytes = 8
  /// The longest header that is read: some hundred thousand tensors.
  static let byteLimit = 16 << 20
  /// The data begins at a multiple of this.
  static let alignment = 64
  /// How every header begins; the checksum follows.
  static let opening = Array("{\"\(metadataKey)\":{\"\(TensorSet.checksumKey)\":\"".utf8)
  /// Hexadecimal digits of the checksum.
  static let checksumDigits = 16
  /// Where the digits stand in the header.
  static var checksumPlace: Range<Int> { opening.count..<(opening.count + checksumDigits) }

  /// Without the checksum.
  var metadata: [String: String]
  /// In file order.
  var entries: [Entry]

  /// The header of a set: tensors one after the other in file order.
  init(_ set: TensorSet) {
    metadata = set.metadata
    entries = []
    var offset = 0
    for tensor in set.fileOrder {
      let end = offset + tensor.bytes.count
      entries.append(Entry(name: tensor.name, type: tensor.type, shape: tensor.shape, begin: offset, end: end))
      offset = end
    }
  }

  /// A header that was read.
  init(metadata: [String: String], entries: [Entry]) {
    self.metadata = metadata
    self.entries = entries
  }

  /// The header's JSON, padded with spaces so that the data after it is aligned.
  func encoded(checksum: String) -> [UInt8] {
    precondition(checksum.utf8.count == Self.checksumDigits, "checksum \(checksum)")
    var json = Self.opening
    json.append(contentsOf: checksum.utf8)
    json.append(UInt8(ascii: "\""))
    for (key, value) in metadata.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      json.append(UInt8(ascii: ","))
      Self.append(quoted: key, to: &json)
      json.append(UInt8(ascii: ":"))
      Self.append(quoted: value, to: &json)
    }
    json.append(UInt8(ascii: "}"))
    for entry in entries {
      json.append(UInt8(ascii: ","))
      Self.append(quoted: entry.name, to: &json)
      let shape = entry.shape.map(String.init).joined(separator: ",")
      json.append(
        contentsOf: (":{\"dtype\":\"\(entry.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(entry.begin),\(entry.end)]}").utf8)
    }
    json.append(UInt8(ascii: "}"))
    while (Self.lengthBytes + json.count) % Self.alignment != 0 {
      json.append(UInt8(ascii: " "))
    }
    return json
  }

  /// The checksum of the file that this header and these tensors make.
  func checksum(data tensors: [Tensor]) -> String {
    var checksum = ContentChecksum()
    checksum.update(header: encoded(checksum: ContentChecksum.blank))
    for tensor in tensors {
      checksum.update(tensor.bytes)
    }
    return checksum.hex
  }

  /// Appends a JSON string; UTF-8 stays as it is, quotes, backslashes and control characters are escaped.
  private static func append(quoted string: String, to json: inout [UInt8]) {
    json.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        json.append(UInt8(ascii: "\\"))
        json.append(byte)
      case 0..<0x20:
        json.append(contentsOf: "\\u00".utf8)
        json.append(ContentChecksum.hexDigit(byte >> 4))
        json.append(ContentChecksum.hexDigit(byte & 15))
      default:
        json.append(byte)
      }
    }
    json.append(UInt8(ascii: "\""))
  }
}
