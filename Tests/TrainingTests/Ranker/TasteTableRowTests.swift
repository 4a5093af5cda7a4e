import Kernels
import Ranking
import Testing

@testable import Training

@Suite("Tastes over other rows")
struct TasteTableRowTests {
  /// Two accounts that are alike, each with an author that fits: the other.
  private func tables() -> TasteTables {
    var tables = TasteTables(people: 2, tags: 2)
    tables.readers = SparseRows(offsets: [0, 1, 2], columns: [1, 0], values: [0.5, 0.25])
    tables.companions = SparseRows(offsets: [0, 2, 2], columns: [0, 1], values: [1, 2])
    tables.fitOffsets = [0, 1, 2]
    tables.fitAuthors = [1, 0]
    tables.fits = [Float(1), 2].map { number in
      var fit = TasteTables.AuthorFit()
      fit.walk = number
      return fit
    }
    tables.factors = 2
    tables.readerFactors = [1, 2, 3, 4]
    tables.authorFactors = [5, 6, 7, 8]
    tables.engagerFactors = [9, 10, 11, 12]
    tables.tagReaderFactors = [13, 14, 15, 16]
    tables.tagFactors = [17, 18, 19, 20]
    tables.engagerFold = [1, 0, 0, 1]
    tables.readerFold = [2, 0, 0, 2]
    tables.alpha = 8
    tables.authorRanks = [0.5, -1]
    return tables
  }

  @Test("new accounts and hashtags among the old have nothing, and the old find each other under their new rows")
  func arranged() {
    let none = ModelSchema.noRow
    let arranged = tables().arranged(people: [none, 0, none, 1], tags: [0, none, 1])
    #expect(arranged.readers.offsets == [0, 0, 1, 1, 2] && arranged.readers.columns == [3, 1])
    #expect(arranged.readers.values == [0.5, 0.25])
    #expect(arranged.companions.offsets == [0, 0, 2, 2, 2] && arranged.companions.columns == [1, 3])
    #expect(arranged.fitOffsets == [0, 0, 1, 1, 2] && arranged.fitAuthors == [3, 1])
    #expect(arranged.fits.map(\.walk) == [1, 2])
    #expect(arranged.readerFactors == [0, 0, 1, 2, 0, 0, 3, 4] && arranged.authorFactors == [0, 0, 5, 6, 0, 0, 7, 8])
    #expect(arranged.engagerFactors == [0, 0, 9, 10, 0, 0, 11, 12])
    #expect(arranged.tagReaderFactors == [0, 0, 13, 14, 0, 0, 15, 16])
    #expect(arranged.tagFactors == [17, 18, 0, 0, 19, 20] && arranged.authorRanks == [-1, 0.5, -1, -1])
    #expect(arranged.engagerFold == [1, 0, 0, 1] && arranged.readerFold == [2, 0, 0, 2] && arranged.alpha == 8)
  }

  @Test("an account that is forgotten as a reader is still known as an author, and to others")
  func forgetting() {
    let left = tables().forgetting([0])
    #expect(left.readers.offsets == [0, 0, 1] && left.readers.columns == [0] && left.readers.values == [0.25])
    #expect(left.companions.offsets == [0, 0, 0])
    #expect(left.fitOffsets == [0, 0, 1] && left.fitAuthors == [0] && left.fits.map(\.walk) == [2])
    #expect(left.readerFactors == [0, 0, 3, 4] && left.engagerFactors == [0, 0, 11, 12])
    #expect(left.tagReaderFactors == [0, 0, 15, 16] && left.authorFactors == [5, 6, 7, 8])
    #expect(left.authorRanks == [0.5, -1] && left.tagFactors == [17, 18, 19, 20])
  }
}
