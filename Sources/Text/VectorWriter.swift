import Kernels

/// The last step of ``TfidfTrainer``: the vectors of all documents, written where they stay.
struct VectorWriter: Sendable {
  let weighting: TfidfWeights
  let parallel: Parallel

  /// The vectors of chunks in which terms are places in the vocabulary, weights rounded.
  /// - Complexity: O(occurrences + documents · V / 4096).
  func rows<Weight: BinaryFloatingPoint & Sendable>(of chunks: [DocumentChunk]) -> SparseRows<Weight> {
    // Where each chunk's documents and entries begin.
    var starts: [(document: Int, entry: Int)] = []
    var (documentCount, entryCount) = (0, 0)
    for chunk in chunks {
      starts.append((documentCount, entryCount))
      documentCount += chunk.documents.count
      entryCount += chunk.entryCount
    }
    var offsets = [UInt64](repeating: 0, count: documentCount + 1)
    var values: [Weight] = []
    // Not filled before: touching new memory for the first time takes long, and threads do it at once.
    let columns = [UInt32](unsafeUninitializedCapacity: entryCount) { columns, columnCount in
      values = [Weight](unsafeUninitializedCapacity: entryCount) { values, valueCount in
        offsets.withUnsafeMutableBufferPointer { offsets in
          fill(chunks, starts, offsets, columns, values)
        }
        valueCount = entryCount
      }
      columnCount = entryCount
    }
    return SparseRows(offsets: offsets, columns: columns, values: values)
  }

  private func fill<Weight: BinaryFloatingPoint & Sendable>(
    _ chunks: [DocumentChunk], _ starts: [(document: Int, entry: Int)], _ offsets: UnsafeMutableBufferPointer<UInt64>,
    _ columns: UnsafeMutableBufferPointer<UInt32>, _ values: UnsafeMutableBufferPointer<Weight>
  ) {
    nonisolated(unsafe) let (offsets, columns, values) = (offsets, columns, values)
    let termCount = weighting.inverseDocumentFrequency.count
    var counters = [TermCounter?](repeating: nil, count: parallel.threads)
    counters.withUnsafeMutableBufferPointer { counters in
      nonisolated(unsafe) let counters = counters
      parallel.shareChunks(of: chunks.count, size: 1) { worker, number, _ in
        // In a variable of its own, since threads that write side by side in one array wait for each other.
        var counter = counters[worker].take() ?? TermCounter(termCount: termCount)
        let start = starts[number]
        let ends = UnsafeMutableBufferPointer(rebasing: offsets[(start.document + 1)...])
        fill(chunks[number], &counter, firstEntry: start.entry, ends, columns, values)
        counters[worker] = counter
      }
    }
  }

  /// Fills in the rows of one chunk, and behind each row's entries the place where they end.
  private func fill<Weight: BinaryFloatingPoint>(
    _ chunk: DocumentChunk, _ counter: inout TermCounter, firstEntry: Int, _ ends: UnsafeMutableBufferPointer<UInt64>,
    _ columns: UnsafeMutableBufferPointer<UInt32>, _ values: UnsafeMutableBufferPointer<Weight>
  ) {
    var entry = firstEntry
    var start = 0
    var exact: [Double] = []
    chunk.occurrences.withUnsafeBufferPointer { occurrences in
      for (number, document) in chunk.documents.enumerated() {
        let entries = document.termsEnd - start
        if exact.count < entries { exact = [Double](repeating: 0, count: 2 * entries) }
        counter.add(UnsafeBufferPointer(rebasing: occurrences[start..<document.end]))
        exact.withUnsafeMutableBufferPointer { exact in
          var place = 0
          let divisor = weighting.drain(&counter) { term, weight in
            columns.initializeElement(at: entry &+ place, to: term)
            exact[place] = weight
            place &+= 1
          }
          for place in 0..<entries { values.initializeElement(at: entry &+ place, to: Weight(exact[place] / divisor)) }
        }
        entry += entries
        start = document.end
        ends[number] = UInt64(entry)
      }
    }
  }
}
