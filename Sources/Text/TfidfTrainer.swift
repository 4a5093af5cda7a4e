import Kernels

/// Learns a vocabulary and TF-IDF vectors from documents: scikit-learn's `TfidfVectorizer.fit_transform`.
///
/// Four steps, three of them on several threads: chunks of documents become numbers (``DocumentChunk``); the chunks'
/// terms are merged, shard by shard (``TermShard``); the vocabulary is chosen (``VocabularyCut``); chunks become
/// vectors. Chunks and shards do not depend on the number of threads, and neither does a bit of the result.
///
/// Memory: 4 bytes per term occurrence, the terms of each chunk, and the vectors twice.
package struct TfidfTrainer: Sendable {
  /// Documents in a chunk.
  static let chunkSize = 2048

  private let options: TfidfOptions
  private let parallel: Parallel
  private var chunks: [DocumentChunk] = []
  private var documentCount = 0

  /// A trainer for documents still to be added.
  /// - Throws: ``TfidfError/badOption(name:value:reason:)``.
  package init(options: TfidfOptions, parallel: Parallel = Parallel(threads: 1)) throws(TfidfError) {
    try options.validate()
    self.options = options
    self.parallel = parallel
  }

  /// Adds so many documents at once, on all threads.
  ///
  /// - Parameters:
  ///   - count: how many; the result depends on all documents and their order, not on how they are dealt to calls.
  ///   - withText: calls its second argument with document i, 0 ≤ i < `count`, once; an empty one counts too. It runs
  ///     on several threads.
  /// - Complexity: O(bytes).
  package mutating func add(
    count: Int, withText: @Sendable (_ document: Int, _ body: (UnsafeRawBufferPointer) -> Void) -> Void
  ) {
    let first = chunks.count
    let reader = TermReader(options)
    let nothing = DocumentChunk()
    chunks.append(contentsOf: repeatElement(nothing, count: Parallel.chunkCount(of: count, size: Self.chunkSize)))
    chunks[first...].withUnsafeMutableBufferPointer { chunks in
      nonisolated(unsafe) let chunks = chunks
      parallel.forEachChunk(of: count, size: Self.chunkSize) { number, documents in
        var chunk = DocumentChunk()
        var reader = reader
        for document in documents { withText(document) { chunk.add($0, &reader) } }
        chunk.seal()
        chunks[number] = chunk
      }
    }
    documentCount += count
  }

  /// Chooses the vocabulary and computes the vectors, as scikit-learn has them.
  /// - Complexity: O(occurrences + different terms of all chunks + different terms · their logarithm).
  /// - Throws: ``TfidfError`` when there is no term, or none within the bounds on document frequency.
  package consuming func finish() throws(TfidfError) -> TfidfModel<Double> { try learn() }

  /// The same, each weight rounded to Float at the end, as model files have them.
  package consuming func finishRounded() throws(TfidfError) -> TfidfModel<Float> { try learn() }

  private func learn<Weight: BinaryFloatingPoint & Sendable>() throws(TfidfError) -> TfidfModel<Weight> {
    var shards = merge()
    let chosen = try VocabularyCut(shards: shards).choose(options, documents: documentCount)
    for (place, term) in chosen.enumerated() { shards[term.shard].places[term.number] = UInt32(place) }
    let frequencies = chosen.map { shards[$0.shard].frequencies[$0.number] }
    let inverseDocumentFrequency = frequencies.map {
      TfidfWeights.inverseDocumentFrequency(
        documents: documentCount, documentFrequency: $0.documents, isSmooth: options.isSmooth)
    }
    return TfidfModel(
      terms: chosen.map { term in shards[term.shard].table.withTerm(term.number) { Array($0) } },
      inverseDocumentFrequency: inverseDocumentFrequency,
      vectors: vectors(shards, TfidfWeights(inverseDocumentFrequency, options)),
      frequencies: frequencies)
  }

  private func merge() -> [TermShard] {
    var shards = [TermShard?](repeating: nil, count: TermShard.count)
    shards.withUnsafeMutableBufferPointer { shards in
      nonisolated(unsafe) let shards = shards
      parallel.forEachChunk(of: TermShard.count, size: 1) { number, _ in
        shards[number] = TermShard(number: number, of: chunks)
      }
    }
    return shards.compactMap { $0 }
  }

  private func vectors<Weight: BinaryFloatingPoint & Sendable>(
    _ shards: [TermShard], _ weights: TfidfWeights
  ) -> SparseRows<Weight> {
    var parts = [VectorPart](repeating: VectorPart(), count: chunks.count)
    parts.withUnsafeMutableBufferPointer { parts in
      nonisolated(unsafe) let parts = parts
      parallel.forEachChunk(of: chunks.count, size: 1) { number, _ in
        parts[number] = VectorPart(chunks[number], number: number, shards, weights)
      }
    }
    return VectorPart.joined(parts, parallel)
  }
}
