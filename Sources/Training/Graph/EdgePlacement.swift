import Kernels

/// Brings edges into the order of the rows they enter, in two passes that each write to few places at a time: first
/// into runs of rows that fit the cache, then within each run. Edges of a row stay in the order given.
struct EdgePlacement {
  /// Entries in a run of rows, about.
  private static let runSize = 16_384
  /// With more, the places written to in the first pass would not fit the cache either.
  private static let mostRuns = 256

  private static let mostBlocks = 16_384

  let edges: EdgeColumns
  /// [N] row of each node.
  let rows: [UInt32]
  /// [N + 1] where each row begins.
  let offsets: [UInt32]
  /// Edges of a part, the parts being ranges of edges that are read at once.
  let partSize: Int
  let parallel: Parallel

  /// For each entry, in the order of rows, the row that its edge leaves and its weight; no weights if all are alike.
  ///
  /// - Parameter entering: [parts, N] edges of each part that enter each node.
  /// - Complexity: O(edges + nodes · parts).
  func entries(entering: [UInt32], parts: Int) -> (sources: [UInt32], weights: [Double]) {
    let total = edges.sources.count
    if total == 0 { return ([], []) }
    let blocks = blockRuns(max(1, min(Self.mostRuns, total / Self.runSize)))
    let runs = Int(blocks.runs.last ?? 0) + 1
    var counts = [Int](repeating: 0, count: parts * runs)
    counts.withUnsafeMutableBufferPointer { counts in
      parallel.forEachChunk(of: parts, size: 1) { part, _ in
        for (node, row) in rows.enumerated() {
          let place = part * runs + Int(blocks.runs[Int(row) >> blocks.shift])
          counts[place] += Int(entering[part * rows.count + node])
        }
      }
    }
    var (starts, places, place) = ([0], counts, 0)
    for run in 0..<runs {
      for part in 0..<parts { (places[part * runs + run], place) = (place, place + counts[part * runs + run]) }
      starts.append(place)
    }
    let isWeighted = edges.weights != nil
    var weights = [Double](repeating: 0, count: isWeighted ? total : 0)
    let pairs = [UInt64](unsafeUninitializedCapacity: total) { pairs, count in
      weights.withUnsafeMutableBufferPointer { weights in
        places.withUnsafeMutableBufferPointer { places in
          parallel.forEachChunk(of: parts, size: 1) { part, _ in
            spread(part, runs: runs, blocks, places: places, into: pairs, weights)
          }
        }
      }
      count = total
    }
    return settle(pairs, weights, starts: starts)
  }

  /// Rows in blocks of 2^shift, and the run of each block: small enough a table to stay in the nearest cache.
  private func blockRuns(_ most: Int) -> (runs: [UInt8], shift: Int) {
    var shift = 0
    while rows.count >> shift > Self.mostBlocks { shift += 1 }
    let total = edges.sources.count
    let starts = (0...(rows.count - 1) >> shift).map { Int(offsets[$0 << shift]) }
    // Without gaps, so that no run is empty by number.
    return (starts.map { UInt8(truncatingIfNeeded: $0 * most / (total + 1)) }, shift)
  }

  /// First pass: the edges of a part, each to its run, as the row entered above the row left.
  private func spread(
    _ part: Int, runs: Int, _ blocks: (runs: [UInt8], shift: Int), places: UnsafeMutableBufferPointer<Int>,
    into pairs: UnsafeMutableBufferPointer<UInt64>, _ weights: UnsafeMutableBufferPointer<Double>
  ) {
    let base = part * runs
    let count = edges.sources.count
    let shift = blocks.shift
    blocks.runs.withUnsafeBufferPointer { runOf in
      rows.withUnsafeBufferPointer { rows in
        edges.sources.withUnsafeBufferPointer { sources in
          edges.destinations.withUnsafeBufferPointer { destinations in
            (edges.weights ?? []).withUnsafeBufferPointer { given in
              for edge in min(count, part * partSize)..<min(count, (part + 1) * partSize) {
                let row = rows[Int(destinations[edge])]
                let run = base &+ Int(runOf[Int(row) &>> shift])
                let place = places[run]
                places[run] = place &+ 1
                pairs[place] = UInt64(row) &<< 32 | UInt64(rows[Int(sources[edge])])
                if !given.isEmpty { weights[place] = given[edge] }
              }
            }
          }
        }
      }
    }
  }

  /// Second pass: within each run, each edge to the next place of its row.
  private func settle(
    _ pairs: [UInt64], _ spread: [Double], starts: [Int]
  ) -> (sources: [UInt32], weights: [Double]) {
    var next = offsets
    var weights = [Double](repeating: 0, count: spread.count)
    let sources = [UInt32](unsafeUninitializedCapacity: pairs.count) { sources, count in
      next.withUnsafeMutableBufferPointer { next in
        weights.withUnsafeMutableBufferPointer { weights in
          parallel.forEachChunk(of: starts.count - 1, size: 1) { run, _ in
            pairs.withUnsafeBufferPointer { pairs in
              spread.withUnsafeBufferPointer { spread in
                for index in starts[run]..<starts[run + 1] {
                  let row = Int(truncatingIfNeeded: pairs[index] &>> 32)
                  let entry = Int(next[row])
                  next[row] &+= 1
                  sources[entry] = UInt32(truncatingIfNeeded: pairs[index])
                  if !spread.isEmpty { weights[entry] = spread[index] }
                }
              }
            }
          }
        }
      }
      count = pairs.count
    }
    return (sources, weights)
  }
}
