import Artifact
import Kernels

extension TasteTables {
  private typealias Name = MomentSchema

  /// Writes the tables into a tensor set.
  package func add(to tensors: TensorSet, people: Int, tags: Int) {
    tensors.addSparseRows(Name.readers, readers)
    tensors.addSparseRows(Name.companions, companions)
    tensors.addLists(Name.fits, offsets: fitOffsets, rows: fitAuthors)
    tensors.add(
      "\(Name.fits).values", shape: [fits.count, 4],
      fits.flatMap { [$0.readers, $0.companions, $0.overlap, $0.walk] })
    tensors.add(Name.readerFactors, shape: [people, factors], readerFactors)
    tensors.add(Name.authorFactors, shape: [people, factors], authorFactors)
    tensors.add(Name.engagerFactors, shape: [people, factors], engagerFactors)
    tensors.add(Name.tagReaderFactors, shape: [people, factors], tagReaderFactors)
    tensors.add(Name.tagFactors, shape: [tags, factors], tagFactors)
    tensors.add(Name.readerFold, shape: [factors, factors], readerFold)
    tensors.add(Name.engagerFold, shape: [factors, factors], engagerFold)
    tensors.add(Name.alpha, shape: [1], [alpha])
    tensors.add(Name.authorRank, shape: [people], authorRanks)
  }

  /// Reads and checks the tables of `people` accounts and `tags` hashtags.
  init(from reader: ColumnReader, people: Int, tags: Int) throws(ModelError) {
    self.init(people: people, tags: tags)
    readers = Self.rows(try reader.sparseRows(Name.readers, rows: people, columns: people))
    companions = Self.rows(try reader.sparseRows(Name.companions, rows: people, columns: people))
    let lists = try reader.lists(Name.fits, rows: people, below: people)
    let values = try reader.finiteFloats("\(Name.fits).values", shape: [lists.values.count, 4])
    fitOffsets = LongWork.array(lists.offsets)
    fitAuthors = LongWork.array(lists.values)
    fits = LongWork.map(lists.values.count) { entry in
      var fit = AuthorFit()
      (fit.readers, fit.companions) = (values[4 * entry], values[4 * entry + 1])
      (fit.overlap, fit.walk) = (values[4 * entry + 2], max(0, values[4 * entry + 3]))
      return fit
    }
    let fold = try reader.finiteFloats(Name.readerFold, shape: [nil, nil])
    let width = Int(Double(fold.count).squareRoot())
    factors = width
    readerFold = LongWork.array(try reader.finiteFloats(Name.readerFold, shape: [width, width]))
    engagerFold = LongWork.array(try reader.finiteFloats(Name.engagerFold, shape: [width, width]))
    readerFactors = LongWork.array(try reader.finiteFloats(Name.readerFactors, shape: [people, width]))
    authorFactors = LongWork.array(try reader.finiteFloats(Name.authorFactors, shape: [people, width]))
    engagerFactors = LongWork.array(try reader.finiteFloats(Name.engagerFactors, shape: [people, width]))
    tagReaderFactors = LongWork.array(try reader.finiteFloats(Name.tagReaderFactors, shape: [people, width]))
    tagFactors = LongWork.array(try reader.finiteFloats(Name.tagFactors, shape: [tags, width]))
    alpha = try reader.finiteFloats(Name.alpha, shape: [1])[0]
    authorRanks = LongWork.array(try reader.finiteFloats(Name.authorRank, shape: [people]))
  }

  private static func rows(_ column: SparseColumn) -> SparseRows<Float> {
    SparseRows(
      offsets: LongWork.array(column.offsets), columns: LongWork.array(column.terms),
      values: LongWork.array(column.weights))
  }
}
