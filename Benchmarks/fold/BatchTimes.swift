import Foundation

/// How long batches took.
struct BatchTimes {
  /// Nanoseconds of the thread's processor time, and of the clock, by batch.
  private(set) var busy: [UInt64] = []
  private(set) var elapsed: [UInt64] = []
  let size: Int

  init(size: Int, batches: Int) {
    self.size = size
    busy.reserveCapacity(batches)
    elapsed.reserveCapacity(batches)
  }

  mutating func add(busy nanos: UInt64, elapsed: UInt64) {
    busy.append(nanos)
    self.elapsed.append(elapsed)
  }

  /// A row of the table.
  func row(_ name: String) -> String {
    let sorted = busy.sorted()
    func text(_ nanos: UInt64) -> String { String(format: "%.2f", Double(nanos) / 1e6) }
    func quantile(_ share: Double) -> String {
      text(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))])
    }
    let rate = Double(busy.count * size) / (Double(busy.reduce(0, +)) / 1e9)
    let worst = busy.indices.max { busy[$0] < busy[$1] } ?? 0
    let columns = [
      String(format: "%.0f", rate), quantile(0.5), quantile(0.99), quantile(0.999), text(sorted[sorted.count - 1]),
      "\(worst * size)", text(elapsed.max() ?? 0),
    ]
    return "| \(name) | " + columns.joined(separator: " | ") + " |"
  }
}
