/// Reads the JSON of a model file's header.
///
/// Not a general JSON parser, on purpose: the format has exactly three levels, so three functions read it, without
/// recursion, and duplicate names, which JSON libraries silently merge, are seen. Numbers are whole and fit 63 bits.
struct HeaderParser {
  /// Most dimensions of a tensor.
  private static let dimensionLimit = 8

  private var scanner: JSONScanner
  private var metadata: [String: String] = [:]
  private var entries: [FileHeader.Entry] = []
  private var names: Set<String> = []

  /// The header that these bytes say, without any check of the tensors' offsets.
  static func parse(_ json: [UInt8]) throws(ArtifactError) -> FileHeader {
    var parser = HeaderParser(scanner: JSONScanner(json))
    try parser.parseHeader()
    return FileHeader(metadata: parser.metadata, entries: parser.entries)
  }

  private init(scanner: JSONScanner) {
    self.scanner = scanner
  }

  /// `{"__metadata__": {…}, "name": {…}, …}` and nothing but spaces after it.
  private mutating func parseHeader() throws(ArtifactError) {
    try scanner.expect("{")
    repeat {
      let name = try scanner.string()
      guard names.insert(name).inserted else {
        throw scanner.error("\"\(name)\" appears twice")
      }
      try scanner.expect(":")
      if name == FileHeader.metadataKey {
        try parseMetadata()
      } else {
        entries.append(try parseEntry(name))
      }
    } while try scanner.hasAnother(before: "}")
    try scanner.expectEnd()
  }

  /// `{"key": "value", …}`.
  private mutating func parseMetadata() throws(ArtifactError) {
    try scanner.expect("{")
    repeat {
      let key = try scanner.string()
      try scanner.expect(":")
      let value = try scanner.string()
      guard metadata.updateValue(value, forKey: key) == nil else {
        throw scanner.error("metadata \"\(key)\" appears twice")
      }
    } while try scanner.hasAnother(before: "}")
    metadata[TensorSet.checksumKey] = nil
  }

  /// `{"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}`, the three in any order.
  private mutating func parseEntry(_ name: String) throws(ArtifactError) -> FileHeader.Entry {
    guard !name.isEmpty else { throw scanner.error("a tensor has no name") }
    var type: ElementType?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.expect("{")
    repeat {
      let key = try scanner.string()
      try scanner.expect(":")
      switch key {
      case "dtype" where type == nil:
        let text = try scanner.string()
        type = ElementType(rawValue: text)
        guard type != nil else { throw .badTensor(name: name, reason: "element type \"\(text)\" is not known") }
      case "shape" where shape == nil:
        shape = try scanner.numbers(atMost: Self.dimensionLimit)
      case "data_offsets" where offsets == nil:
        offsets = try scanner.numbers(atMost: 2)
      default:
        throw .badTensor(name: name, reason: "\"\(key)\" is not expected here")
      }
    } while try scanner.hasAnother(before: "}")
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw .badTensor(name: name, reason: "dtype, shape and two data_offsets are expected")
    }
    return FileHeader.Entry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
  }
}
