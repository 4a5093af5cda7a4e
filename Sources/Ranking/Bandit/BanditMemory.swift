/// Working memory of the bandit's rules for one thread, sized once.
final class BanditMemory {
  /// Floats from one column to the next: a multiple of eight, so that columns can be worked on eight at a time.
  let stride: Int
  private let columns: UnsafeMutablePointer<Float>
  /// For ``PosteriorDraw``: the chances of each contender and of those behind it, and room to compute them in.
  let slotWeights: UnsafeMutablePointer<Double>
  let slotRoom: UnsafeMutablePointer<Float>
  let slotProducts: UnsafeMutablePointer<Double>

  /// Memory for calls of up to `capacity` candidates.
  init(capacity: Int) {
    stride = (capacity + 7) & ~7
    let floats = (Self.featureColumn + ContextualFeatures.count) * stride
    columns = UnsafeMutableRawPointer.allocate(byteCount: floats * MemoryLayout<Float>.stride, alignment: 64)
      .bindMemory(to: Float.self, capacity: floats)
    columns.initialize(repeating: 0, count: floats)
    slotWeights = .allocate(capacity: 2 * PosteriorDraw.contenders)
    slotWeights.initialize(repeating: 0, count: 2 * PosteriorDraw.contenders)
    slotRoom = .allocate(capacity: PosteriorDraw.room)
    slotRoom.initialize(repeating: 0, count: PosteriorDraw.room)
    slotProducts = .allocate(capacity: PosteriorDraw.products)
    slotProducts.initialize(repeating: 0, count: PosteriorDraw.products)
  }

  deinit {
    columns.deallocate()
    slotWeights.deallocate()
    slotRoom.deallocate()
    slotProducts.deallocate()
  }

  private static let featureColumn = 7

  /// Room for what a rule computes, column `k` of six. [capacity]
  func column(_ k: Int) -> UnsafeMutablePointer<Float> { columns + k * stride }
  /// Scores before the bandit. [capacity]
  var scoresBefore: UnsafeMutablePointer<Float> { column(6) }
  /// Feature `k` of ``ContextualFeatures``. [capacity], with room up to ``stride``
  func feature(_ k: Int) -> UnsafeMutablePointer<Float> { column(Self.featureColumn + k) }
}
