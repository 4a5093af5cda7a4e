import Kernels

/// Brings edges into the order of the rows they enter, in two passes that each write to few places at a time: first
/// into runs of rows that fit the cache, then within each run. Edges of a row stay in the order given.
struct EdgePlacement {
  /// Entries in a run of rows, about.
  private static let runSize = 32_768
  /// With more, the places written to in the first pass would not fit the cache either.
  private static let mostRuns = 256
  /// Rows are told their runs in blocks, of which there are at most so many: a table for the nearest cache.
  private static let mostBlocks = 16_384
  /// How far ahead of what is written memory is asked for, in pairs: two cache lines. The CPU does not foresee so many
  /// places.
  private static let pairsAhead = 16
  /// Numbers between what two threads count, so that they share no cache line.
  private static let gap = 16

  let edges: EdgeColumns
  /// [N] row of each node.
  let rows: [UInt32]
  /// [N + 1] where each row begins.
  let offsets: [UInt32]
  /// Edges of a part, the parts being ranges of edges that are read at once.
  let partSize: Int
  let parallel: Parallel

  /// Runs of rows.
  private struct Runs {
    /// The run of each block of 2^shift rows; ascending.
    let ofBlocks: [UInt8]
    let shift: Int
    /// Runs, of which some may be empty.
    let count: Int

    @inline(__always)
    func run(ofRow row: UInt32) -> Int { Int(ofBlocks[Int(row) &>> shift]) }
  }

  /// For each entry, in the order of rows, the row that its edge leaves and its weight; no weights if all are alike.
  ///
  /// - Parameter entering: [parts, N] edges of each part that enter each node.
  /// - Complexity: O(edges + nodes · parts).
  func entries(entering: [UInt32], parts: Int) -> (sources: [UInt32], weights: [Double]) {
    let total = edges.sources.count
    if total == 0 { return ([], []) }
    let runs = cutRuns(max(1, min(Self.mostRuns, total / Self.runSize)))
    let stride = runs.count + Self.gap
    // [parts, stride] edges of each part in each run, then where the next of them goes.
    var places = count(runs, entering: entering, parts: parts, stride: stride)
    var (starts, place) = ([0], 0)
    for run in 0..<runs.count {
      for part in 0..<parts { (places[part * stride + run], place) = (place, place + places[part * stride + run]) }
      starts.append(place)
    }
    var weights = [Double](repeating: 0, count: edges.weights == nil ? 0 : total)
    let pairs = [UInt64](unsafeUninitializedCapacity: total) { pairs, count in
      PageMemory.adviseHugePages(UnsafeMutableRawBufferPointer(pairs))
      weights.withUnsafeMutableBufferPointer { weights in
        places.withUnsafeMutableBufferPointer { places in
          parallel.forEachChunk(of: parts, size: 1) { part, _ in
            let own = UnsafeMutableBufferPointer(rebasing: places[part * stride..<(part + 1) * stride])
            spread(part, runs, places: own, into: pairs, weights)
          }
        }
      }
      count = total
    }
    return settle(pairs, weights, starts: starts)
  }

  private func cutRuns(_ most: Int) -> Runs {
    var shift = 0
    while rows.count >> shift > Self.mostBlocks { shift += 1 }
    let total = edges.sources.count
    let ofBlocks = Swift.stride(from: 0, to: rows.count, by: 1 << shift).map {
      UInt8(truncatingIfNeeded: Int(offsets[$0]) * most / (total + 1))
    }
    return Runs(ofBlocks: ofBlocks, shift: shift, count: Int(ofBlocks.last ?? 0) + 1)
  }

  private func count(_ runs: Runs, entering: [UInt32], parts: Int, stride: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: parts * stride)
    counts.withUnsafeMutableBufferPointer { counts in
      parallel.forEachChunk(of: parts, size: 1) { part, _ in
        for (node, row) in rows.enumerated() {
          counts[part * stride + runs.run(ofRow: row)] += Int(entering[part * rows.count + node])
        }
      }
    }
    return counts
  }

  /// First pass: the edges of a part, each to its run, as the row entered above the row left.
  private func spread(
    _ part: Int, _ runs: Runs, places: UnsafeMutableBufferPointer<Int>,
    into pairs: UnsafeMutableBufferPointer<UInt64>, _ weights: UnsafeMutableBufferPointer<Double>
  ) {
    let count = edges.sources.count
    let shift = runs.shift
    guard let ahead = pairs.baseAddress.map({ $0 + Self.pairsAhead }) else { return }
    runs.ofBlocks.withUnsafeBufferPointer { runOf in
      rows.withUnsafeBufferPointer { rows in
        edges.sources.withUnsafeBufferPointer { sources in
          edges.destinations.withUnsafeBufferPointer { destinations in
            (edges.weights ?? []).withUnsafeBufferPointer { given in
              for edge in min(count, part * partSize)..<min(count, (part + 1) * partSize) {
                let row = rows[Int(destinations[edge])]
                let run = Int(runOf[Int(row) &>> shift])
                let place = places[run]
                places[run] = place &+ 1
                Prefetch.line(at: ahead + place)
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
      PageMemory.adviseHugePages(UnsafeMutableRawBufferPointer(sources))
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
