extension FileHeader {
  /// Checks that the entries, in file order, cover the data without gap or overlap, each as long as its shape says and
  /// aligned to its elements; returns the bytes of all data.
  func verifiedDataBytes() throws(ArtifactError) -> Int {
    var offset = 0
    for entry in entries {
      guard entry.begin == offset else {
        let what = entry.begin < offset ? "overlaps the tensor before it" : "leaves a gap"
        throw .badTensor(name: entry.name, reason: "begins at \(entry.begin), expected \(offset): it \(what)")
      }
      guard entry.end >= entry.begin else {
        throw .badTensor(name: entry.name, reason: "ends at \(entry.end), before its beginning \(entry.begin)")
      }
      guard let count = Tensor.elementCount(of: entry.shape) else {
        throw .badTensor(name: entry.name, reason: "shape \(entry.shape) is too large")
      }
      let (bytes, overflow) = count.multipliedReportingOverflow(by: entry.type.byteCount)
      guard !overflow else {
        throw .badTensor(name: entry.name, reason: "shape \(entry.shape) is too large")
      }
      guard bytes == entry.end - entry.begin else {
        throw .badTensor(
          name: entry.name,
          reason: "\(entry.end - entry.begin) bytes, expected \(bytes) for \(entry.type.rawValue) \(entry.shape)")
      }
      guard entry.begin % entry.type.byteCount == 0 else {
        throw .badTensor(
          name: entry.name, reason: "begins at \(entry.begin), which is unaligned for \(entry.type.rawValue)")
      }
      offset = entry.end
    }
    // An absurd but consistent total (only possible for a damaged file) must not overflow what is added to it.
    guard offset <= Int.max / 2 else {
      throw .badTensor(name: entries.last?.name ?? "", reason: "ends at \(offset), which is too large")
    }
    return offset
  }
}
