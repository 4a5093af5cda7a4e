extension LoggedRanking {
  /// Most of each list that a ranking in the log may have: as many as a reply may.
  static let candidateLimit = 5_000
  static let itemLimit = 1_000
  static let featuresPerItemLimit = 64
  /// In bytes of UTF-8.
  static let textLimit = 255

  /// Bytes of the longest body: 24 of ids, 16 of counts, the lists, the texts.
  static let bodyLimit =
    40 + itemLimit * 16 + candidateLimit * 8 + itemLimit * featuresPerItemLimit * 2 + 2 * textLimit

  /// Whether all parts are within the limits.
  var isWithinLimits: Bool {
    policyVersion.utf8.count <= Self.textLimit && modelVersion.utf8.count <= Self.textLimit
      && Self.areWithinLimits(items: items.count, candidates: candidates.count, features: features.count)
  }

  static func areWithinLimits(items: Int, candidates: Int, features: Int) -> Bool {
    items <= itemLimit && candidates <= candidateLimit && features <= items * featuresPerItemLimit
  }

  func encode(into writer: inout ByteWriter) {
    writer.put(requestID)
    writer.put(userID)
    writer.put(timestampSeconds)
    writer.put(UInt32(items.count))
    writer.put(UInt32(candidates.count))
    writer.put(UInt32(features.count))
    writer.put(UInt16(policyVersion.utf8.count))
    writer.put(UInt16(modelVersion.utf8.count))
    for item in items {
      writer.put(item.tweetID)
      writer.put(item.propensity)
      writer.put(item.score)
    }
    for candidate in candidates { writer.put(candidate) }
    for feature in features { writer.put(feature) }
    writer.put(utf8: policyVersion)
    writer.put(utf8: modelVersion)
  }

  /// Takes a ranking; nil where one claims more than the limits, or more than there is.
  init?(_ reader: inout ByteReader) {
    guard let request = reader.take(UInt64.self), let user = reader.take(UInt64.self),
      let time = reader.take(Int64.self), let itemCount = reader.take(UInt32.self),
      let candidateCount = reader.take(UInt32.self), let featureCount = reader.take(UInt32.self),
      let policyBytes = reader.take(UInt16.self), let modelBytes = reader.take(UInt16.self),
      policyBytes <= Self.textLimit, modelBytes <= Self.textLimit,
      Self.areWithinLimits(items: Int(itemCount), candidates: Int(candidateCount), features: Int(featureCount))
    else { return nil }
    var items: [Item] = []
    items.reserveCapacity(Int(itemCount))
    for _ in 0..<itemCount {
      guard let tweet = reader.take(UInt64.self), let propensity = reader.takeFloat(), let score = reader.takeFloat()
      else { return nil }
      items.append(Item(tweetID: tweet, propensity: propensity, score: score))
    }
    guard let candidates = Self.takeList(of: UInt64.self, Int(candidateCount), &reader),
      let features = Self.takeList(of: Int16.self, Int(featureCount), &reader),
      let policy = reader.takeText(byteCount: Int(policyBytes)),
      let model = reader.takeText(byteCount: Int(modelBytes))
    else { return nil }
    self.init(
      requestID: request, userID: user, timestampSeconds: time, policyVersion: policy, modelVersion: model,
      items: items, candidates: candidates, features: features)
  }

  private static func takeList<T: FixedWidthInteger>(of: T.Type, _ count: Int, _ reader: inout ByteReader) -> [T]? {
    guard reader.left >= count * MemoryLayout<T>.size else { return nil }
    var list: [T] = []
    list.reserveCapacity(count)
    for _ in 0..<count {
      guard let value = reader.take(T.self) else { return nil }
      list.append(value)
    }
    return list
  }
}
