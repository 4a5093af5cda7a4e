/// Where ids are drawn from.
enum IDSource {
  case list([UInt64])
  case range(IDRange)
  /// Any 64-bit number: in practice ids that the model does not know.
  case anything

  /// One id.
  func draw(using generator: inout SplitMix) -> UInt64 {
    switch self {
    case .list(let ids): ids.randomElement(using: &generator) ?? generator.next()
    case .range(let range): UInt64.random(in: range.first...range.last, using: &generator)
    case .anything: generator.next()
    }
  }

  /// `count` distinct ids; where the source has fewer, all of it and then unknown ids.
  ///
  /// - Complexity: O(count), by Floyd's algorithm (Bentley, Floyd 1987).
  func drawDistinct(_ count: Int, using generator: inout SplitMix) -> [UInt64] {
    var drawn: [UInt64] = []
    drawn.reserveCapacity(count)
    var taken = Set<UInt64>(minimumCapacity: count)
    if let size {
      // Among the first `top + 1` positions one is taken in each step; a position taken before stands for `top`.
      for top in (size - min(size, UInt64(count)))..<size {
        let wish = UInt64.random(in: 0...top, using: &generator)
        let position = taken.insert(wish).inserted ? wish : top
        taken.insert(position)
        drawn.append(id(at: position))
      }
      taken = Set(drawn)
    }
    while drawn.count < count {
      let id = generator.next()
      if taken.insert(id).inserted { drawn.append(id) }
    }
    return drawn
  }

  /// How many ids there are; nil where they need not be counted.
  private var size: UInt64? {
    switch self {
    case .list(let ids): return UInt64(ids.count)
    case .range(let range):
      let size = (range.last - range.first).addingReportingOverflow(1)
      return size.overflow ? nil : size.partialValue
    case .anything: return nil
    }
  }

  private func id(at position: UInt64) -> UInt64 {
    switch self {
    case .list(let ids): ids[Int(position)]
    case .range(let range): range.first + position
    case .anything: position
    }
  }
}
