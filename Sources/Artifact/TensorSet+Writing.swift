extension TensorSet {
  /// Writes the set as one safetensors file; the same set always gives the same bytes.
  ///
  /// The file appears under its name complete or not at all, also across a crash of the machine; one of that name is
  /// replaced.
  /// - Throws: ``ArtifactError/system(operation:path:code:)``; the unfinished file is removed.
  /// - Complexity: O(bytes); every byte is read twice, once for the checksum.
  public func write(to path: String) throws(ArtifactError) {
    let header = FileHeader(self)
    let json = header.encoded(checksum: header.checksum(data: fileOrder))
    try WholeFile.write(to: path) { (file) throws(ArtifactError) in
      try file.write(withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) })
      try file.write(json)
      for tensor in fileOrder { try file.write(tensor.bytes) }
    }
  }
}
