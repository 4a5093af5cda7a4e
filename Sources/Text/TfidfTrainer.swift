import Kernels

/// Learns a vocabulary and TF-IDF vectors from documents: scikit-learn's `TfidfVectorizer.fit_transform`.
///
/// Four steps, three of them on several threads: chunks of documents become numbers (``DocumentChunk``), each thread
/// numbering the terms it meets (``TermCollector``); the threads' terms are merged, shard by shard (``TermShard``); the
/// vocabulary is chosen (``VocabularyCut``); chunks become vectors (``VectorWriter``). Who numbers which term how depends
/// on the threads, but the choice goes by sums and by the terms' bytes, so no bit of the result does.
///
/// Memory: 4 bytes per term occurrence, the terms of each thread, and the vectors.
package struct TfidfTrainer: Sendable {
  /// Documents in a chunk: few, so that no thread waits long for the last chunk of another.
  static let chunkSize = 512

  private let options: TfidfOptions
  private let parallel: Parallel
  /// One per thread that has had something to do.
  private var collectors: [TermCollector?]
  private var chunks: [DocumentChunk] = []
  private var documentCount = 0

  /// A trainer for documents still to be added.
  /// - Throws: ``TfidfError/badOption(name:value:reason:)``.
  package init(options: TfidfOptions, parallel: Parallel = Parallel(threads: 1)) throws(TfidfError) {
    try options.validate()
    self.options = options
    self.parallel = parallel
    collectors = [TermCollector?](repeating: nil, count: parallel.threads)
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
    let nothing = DocumentChunk(collector: 0)
    chunks.append(contentsOf: repeatElement(nothing, count: Parallel.chunkCount(of: count, size: Self.chunkSize)))
    chunks[first...].withUnsafeMutableBufferPointer { chunks in
      collectors.withUnsafeMutableBufferPointer { collectors in
        nonisolated(unsafe) let (chunks, collectors) = (chunks, collectors)
        parallel.shareChunks(of: count, size: Self.chunkSize) { worker, number, documents in
          var chunk = DocumentChunk(collector: worker, documentCount: documents.count)
          // In a variable of its own, since threads that write side by side in one array wait for each other.
          var collector = collectors[worker].take() ?? TermCollector(options)
          for document in documents { withText(document) { collector.take($0, into: &chunk) } }
          collectors[worker] = collector
          chunks[number] = chunk
        }
      }
    }
    documentCount += count
  }

  /// Chooses the vocabulary and computes the vectors, as scikit-learn has them.
  /// - Complexity: O(occurrences + different terms of all threads + different terms · their logarithm).
  /// - Throws: ``TfidfError`` when there is no term, or none within the bounds on document frequency.
  package consuming func finish() throws(TfidfError) -> TfidfModel<Double> {
    var trainer = self
    return try trainer.learn()
  }

  /// The same, each weight rounded to Float at the end, as model files have them.
  package consuming func finishRounded() throws(TfidfError) -> TfidfModel<Float> {
    var trainer = self
    return try trainer.learn()
  }

  private mutating func learn<Weight: BinaryFloatingPoint & Sendable>() throws(TfidfError) -> TfidfModel<Weight> {
    let collectors = endCollecting()
    var shards = TermShard.merged(collectors, parallel)
    let chosen = try VocabularyCut(shards: shards).choose(options, documents: documentCount)
    for (place, term) in chosen.enumerated() { shards[term.shard].places[term.number] = UInt32(place) }
    let frequencies = chosen.map { shards[$0.shard].frequencies[$0.number] }
    let inverseDocumentFrequency = frequencies.map {
      TfidfWeights.inverseDocumentFrequency(
        documents: documentCount, documentFrequency: $0.documents, isSmooth: options.isSmooth)
    }
    replaceNumbers(of: collectors, shards)
    let writer = VectorWriter(weighting: TfidfWeights(inverseDocumentFrequency, options), parallel: parallel)
    return TfidfModel(
      terms: chosen.map { term in shards[term.shard].table.withTerm(term.number) { Array($0) } },
      inverseDocumentFrequency: inverseDocumentFrequency, vectors: writer.rows(of: chunks), frequencies: frequencies)
  }

  private mutating func endCollecting() -> [TermCollector] {
    collectors.indices.map { number in
      var collector = collectors[number].take() ?? TermCollector(options)
      collector.end()
      return collector
    }
  }

  /// Makes the numbers in all chunks places in the vocabulary.
  private mutating func replaceNumbers(of collectors: [TermCollector], _ shards: [TermShard]) {
    let places = parallel.map(collectors.indices) { number in
      TermShard.places(ofCollector: number, count: collectors[number].table.count, shards)
    }
    chunks.withUnsafeMutableBufferPointer { chunks in
      nonisolated(unsafe) let chunks = chunks
      parallel.forEachChunk(of: chunks.count, size: 1) { number, _ in
        chunks[number].replace(by: places[chunks[number].collector])
      }
    }
  }
}
