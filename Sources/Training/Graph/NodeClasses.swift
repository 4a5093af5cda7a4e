import Kernels

/// Sorts nodes into rows: active nodes first, within both kinds those with most incoming edges first, and nodes that
/// are alike in that by number. A counting sort, of which each part of the nodes is one piece of work.
struct NodeClasses {
  /// In-degrees from this on sort alike.
  private static let degreeClasses = 1024

  private let nodeCount: Int
  private let parts: Int
  private let partSize: Int
  /// [N] edges that enter each node.
  private var degrees: [UInt32]
  /// [parts, classes] nodes of each class in each part of the nodes.
  private var counts: [UInt32]
  /// [parts] whether something that leaves a node of the part cannot be divided by.
  private var hasUnfitSums: [Bool]

  init(nodeCount: Int, parts: Int) {
    (self.nodeCount, self.parts) = (nodeCount, parts)
    partSize = max(1, (nodeCount + parts - 1) / parts)
    degrees = [UInt32](repeating: 0, count: nodeCount)
    counts = [UInt32](repeating: 0, count: parts * 2 * Self.degreeClasses)
    hasUnfitSums = [Bool](repeating: false, count: parts)
  }

  /// Whether what leaves a node is 0 or can be divided by: normal, and so is its reciprocal.
  static func isFit(_ leaving: Double) -> Bool {
    let smallest = Double.leastNormalMagnitude
    return leaving == 0 || (leaving.magnitude >= smallest && leaving.magnitude <= 1 / smallest)
  }

  /// Whether what leaves any node is fit.
  var sumsAreFit: Bool { !hasUnfitSums.contains(true) }

  /// Nodes that something leaves.
  var activeCount: Int {
    (0..<parts).reduce(0) { sum, part in
      let first = part * 2 * Self.degreeClasses
      return counts[first..<first + Self.degreeClasses].reduce(sum) { $0 + Int($1) }
    }
  }

  @inline(__always)
  private func classOf(degree: UInt32, leaving: Double) -> Int {
    let fewer = Self.degreeClasses - 1 - min(Int(degree), Self.degreeClasses - 1)
    return leaving != 0 ? fewer : fewer + Self.degreeClasses
  }

  /// Adds up the edges that enter each node, and counts the nodes of each class.
  ///
  /// - Parameters:
  ///   - entering: [any number, N] edges that enter each node.
  ///   - leaving: [N] sum of the weights that leave it.
  mutating func count(entering: [UInt32], leaving: [Double], parallel: Parallel) {
    let copy = self
    degrees.withUnsafeMutableBufferPointer { degrees in
      counts.withUnsafeMutableBufferPointer { counts in
        hasUnfitSums.withUnsafeMutableBufferPointer { hasUnfitSums in
          entering.withUnsafeBufferPointer { entering in
            parallel.forEachChunk(of: nodeCount, size: partSize) { part, nodes in
              let base = part * 2 * Self.degreeClasses
              var isFit = true
              for node in nodes {
                var degree: UInt32 = 0
                for place in stride(from: node, to: entering.count, by: copy.nodeCount) { degree &+= entering[place] }
                degrees[node] = degree
                counts[base + copy.classOf(degree: degree, leaving: leaving[node])] &+= 1
                isFit = isFit && Self.isFit(leaving[node])
              }
              hasUnfitSums[part] = !isFit
            }
          }
        }
      }
    }
  }

  /// The row of each node, where the entries of each row begin, and what leaves each active row.
  mutating func place(
    leaving: [Double], parallel: Parallel
  ) -> (rows: [UInt32], offsets: [UInt32], outgoing: [Double]) {
    let active = activeCount
    startCounts()
    let copy = self
    var rows = [UInt32](repeating: 0, count: nodeCount)
    var offsets = [UInt32](repeating: 0, count: nodeCount + 1)
    var outgoing = [Double](repeating: 0, count: active)
    rows.withUnsafeMutableBufferPointer { rows in
      offsets.withUnsafeMutableBufferPointer { offsets in
        outgoing.withUnsafeMutableBufferPointer { outgoing in
          counts.withUnsafeMutableBufferPointer { next in
            parallel.forEachChunk(of: nodeCount, size: partSize) { part, nodes in
              let base = part * 2 * Self.degreeClasses
              for node in nodes {
                let degree = copy.degrees[node]
                let place = base + copy.classOf(degree: degree, leaving: leaving[node])
                let row = Int(next[place])
                next[place] &+= 1
                rows[node] = UInt32(truncatingIfNeeded: row)
                offsets[row + 1] = degree
                if leaving[node] != 0 { outgoing[row] = leaving[node] }
              }
            }
          }
        }
      }
    }
    var sum: UInt32 = 0
    for row in offsets.indices {
      sum &+= offsets[row]
      offsets[row] = sum
    }
    return (rows, offsets, outgoing)
  }

  /// Turns the counts into the row of the first node of each class in each part.
  private mutating func startCounts() {
    var row: UInt32 = 0
    for degreeClass in 0..<2 * Self.degreeClasses {
      for part in 0..<parts {
        let place = part * 2 * Self.degreeClasses + degreeClass
        (counts[place], row) = (row, row &+ counts[place])
      }
    }
  }
}
