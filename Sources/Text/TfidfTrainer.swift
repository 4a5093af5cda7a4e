import Kernels

/// Learns a vocabulary and TF-IDF vectors from documents: scikit-learn's `TfidfVectorizer.fit_transform` with its
/// defaults and `max_features`.
///
/// The vocabulary is the `maxFeatures` terms that occur most often. Of terms that occur equally often the first in byte
/// order are taken (scikit-learn leaves this choice to an unstable sort, so it depends on the machine there).
/// Memory: 4 bytes per term occurrence, plus the terms.
public struct TfidfTrainer {
  private let maxFeatures: Int
  private var tokenizer = Tokenizer()
  private var table = TermTable()
  /// Per term of the table: how often it occurs in all documents.
  private var occurrenceCounts: [UInt64] = []
  /// Per term: in how many documents it occurs.
  private var documentFrequencies: [UInt32] = []
  /// Per term: the last document that had it, counted from 1.
  private var lastDocuments: [UInt32] = []
  /// The terms of all documents, one after the other, as often as they occur.
  private var occurrences: [UInt32] = []
  /// Where each document begins in ``occurrences``, and at last their end.
  private var documentOffsets: [Int] = [0]

  /// A trainer that keeps at most `maxFeatures` (at least 1) terms.
  public init(maxFeatures: Int) {
    precondition(maxFeatures >= 1, "a vocabulary needs at least one term, got \(maxFeatures)")
    self.maxFeatures = maxFeatures
  }

  /// Documents so far.
  public var documentCount: Int { documentOffsets.count - 1 }

  /// Adds the next document; an empty one counts as a document too.
  /// - Complexity: O(bytes), amortised.
  public mutating func add(_ text: UnsafeRawBufferPointer) {
    let document = UInt32(documentOffsets.count)
    tokenizer.forEachTerm(text) { term in
      let number = table.intern(term)
      let index = Int(number)
      if index == occurrenceCounts.count {
        occurrenceCounts.append(0)
        documentFrequencies.append(0)
        lastDocuments.append(0)
      }
      occurrenceCounts[index] += 1
      if lastDocuments[index] != document {
        lastDocuments[index] = document
        documentFrequencies[index] += 1
      }
      occurrences.append(number)
    }
    documentOffsets.append(occurrences.count)
  }

  /// Chooses the vocabulary and computes the vectors.
  /// - Complexity: O(occurrences + documents · V / 64 + different terms · their logarithm).
  public consuming func finish() -> TfidfModel {
    let chosen = chooseVocabulary()
    let vectors = vectors(of: chosen, as: Float.self)
    return TfidfModel(terms: chosen.terms, inverseDocumentFrequency: chosen.inverseDocumentFrequency, vectors: vectors)
  }

  /// The vocabulary as numbers of ``table`` and as what the model stores.
  struct ChosenVocabulary {
    /// In byte order of the terms.
    var numbers: [UInt32]
    var terms: [[UInt8]]
    var inverseDocumentFrequency: [Double]
  }

  func chooseVocabulary() -> ChosenVocabulary {
    let numbers = VocabularyCut.mostFrequent(maxFeatures, of: table, occurrenceCounts: occurrenceCounts)
    let documents = documentCount
    return ChosenVocabulary(
      numbers: numbers,
      terms: numbers.map { number in table.withTerm(Int(number)) { Array($0) } },
      inverseDocumentFrequency: numbers.map { number in
        TfidfWeights.inverseDocumentFrequency(
          documents: documents, documentFrequency: documentFrequencies[Int(number)])
      })
  }

  /// The documents' vectors over the chosen vocabulary; rounded to Float for a model, in Double for tests.
  func vectors<Weight: BinaryFloatingPoint>(
    of chosen: ChosenVocabulary, as: Weight.Type
  ) -> SparseRows<Weight> {
    var placeOfNumber = [UInt32](repeating: .max, count: table.count)
    for (place, number) in chosen.numbers.enumerated() { placeOfNumber[Int(number)] = UInt32(place) }

    var counter = TermCounter(termCount: chosen.numbers.count)
    var terms: [UInt32] = []
    var weights: [Double] = []
    var offsets: [UInt64] = [0]
    var columns: [UInt32] = []
    var values: [Weight] = []
    offsets.reserveCapacity(documentCount + 1)
    for document in 0..<documentCount {
      for occurrence in documentOffsets[document]..<documentOffsets[document + 1] {
        let place = placeOfNumber[Int(occurrences[occurrence])]
        if place != .max { counter.add(place) }
      }
      TfidfWeights.drain(&counter, chosen.inverseDocumentFrequency, terms: &terms, weights: &weights)
      columns.append(contentsOf: terms)
      for weight in weights { values.append(Weight(weight)) }
      offsets.append(UInt64(columns.count))
    }
    return SparseRows(offsets: offsets, columns: columns, values: values)
  }
}
