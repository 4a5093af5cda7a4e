@testable import Artifact

/// A file with a right length, checksum and alignment around whatever is in it.
enum ForgedModel {
  /// The file of a header's JSON, without its beginning up to the checksum's last quote, a zero byte and the data.
  static func file(of content: UnsafeRawBufferPointer) -> [UInt8] {
    let end = content.firstIndex(of: 0) ?? content.count
    func header(_ checksum: String) -> [UInt8] {
      var json = FileHeader.opening + Array(checksum.utf8) + [UInt8(ascii: "\"")] + content[..<end]
      while (FileHeader.lengthBytes + json.count) % FileHeader.alignment != 0 { json.append(UInt8(ascii: " ")) }
      return json
    }
    let data = UnsafeRawBufferPointer(rebasing: content[min(end + 1, content.count)...])
    var checksum = ContentChecksum()
    checksum.update(header: header(ContentChecksum.blank))
    checksum.update(data)
    let json = header(checksum.hex)
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json + data
  }
}
