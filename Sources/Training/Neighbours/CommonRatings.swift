import Kernels

/// Ratings laid out for comparing everybody with everybody: rows x are those compared, columns y what they are compared
/// by, and the sums of each pair grow in the order of Surprise's loops, so that they have the same bits.
///
/// For ``Similarity/pearsonBaseline`` the values are what is left of the ratings above their baselines,
/// r − (mean + b_y + b_x); otherwise they are the ratings.
struct CommonRatings: Sendable {
  /// [rows + 1] where each row begins in ``columns``; columns ascend within a row, the same one's in the order given.
  private let rowStarts: [Int]
  private let columns: [UInt32]
  /// Per entry of a row, its place among the entries of its column.
  private let places: [UInt32]
  /// [columns + 1] where each column begins in ``rows``; rows ascend within a column, likewise.
  private let columnStarts: [Int]
  private let rows: [UInt32]
  private let values: [Double]

  /// Rows.
  let rowCount: Int
  /// Entries.
  var entryCount: Int { rows.count }

  /// What a measure compares; fits the baselines if it needs them and they are not given.
  init(_ ratings: RatingSet, _ options: SimilarityOptions, baselines: Baselines?) throws(NeighbourError) {
    guard options.measure == .pearsonBaseline else {
      self.init(ratings, side: options.side, baselines: nil)
      return
    }
    if let baselines {
      self.init(ratings, side: options.side, baselines: baselines)
    } else {
      self.init(ratings, side: options.side, baselines: try Baselines(ratings))
    }
  }

  /// O(ratings) time and space. `baselines` centres the values.
  private init(_ ratings: RatingSet, side: RatingSide, baselines: Baselines?) {
    let given = ratings.lists(of: side)
    rowCount = given.count
    let columnCount = ratings.lists(opposite: side).count
    // Filling columns row by row puts their rows in ascending order.
    var starts = [Int](repeating: 0, count: columnCount + 1)
    for column in given.others { starts[Int(column) + 1] += 1 }
    for column in 0..<columnCount { starts[column + 1] += starts[column] }
    var next = starts
    var rows = [UInt32](repeating: 0, count: given.others.count)
    var values = [Double](repeating: 0, count: given.others.count)
    let own = baselines?.biases(of: side)
    let other = baselines?.biases(opposite: side)
    for row in 0..<given.count {
      for entry in given.entries(of: row) {
        let column = Int(given.others[entry])
        let place = next[column]
        next[column] = place + 1
        rows[place] = UInt32(truncatingIfNeeded: row)
        if let baselines, let own, let other {
          values[place] = given.scores[entry] - ((baselines.mean + other[column]) + own[row])
        } else {
          values[place] = given.scores[entry]
        }
      }
    }
    // And filling rows column by column those of the rows.
    var nextInRow = given.offsets
    var columns = [UInt32](repeating: 0, count: rows.count)
    var places = columns
    for column in 0..<columnCount {
      for place in starts[column]..<starts[column + 1] {
        let entry = nextInRow[Int(rows[place])]
        nextInRow[Int(rows[place])] = entry + 1
        columns[entry] = UInt32(truncatingIfNeeded: column)
        places[entry] = UInt32(truncatingIfNeeded: place)
      }
    }
    rowStarts = given.offsets
    columnStarts = starts
    (self.rows, self.values, self.columns, self.places) = (rows, values, columns, places)
  }

  /// Adds up what `row` has in common with every later row, and with every earlier one unless `onlyLater`.
  /// - Complexity: O(ratings of what the row has rated).
  func accumulate(row: Int, onlyLater: Bool, into sums: PairSums) {
    rows.withUnsafeBufferPointer { rows in
      values.withUnsafeBufferPointer { values in
        guard let rows = rows.baseAddress, let values = values.baseAddress else { return }
        var entry = rowStarts[row]
        let end = rowStarts[row + 1]
        while entry < end {
          // What the row has rated more than once stands side by side, in its column too.
          var last = entry
          while last + 1 < end, columns[last + 1] == columns[entry] { last += 1 }
          let column = Int(columns[entry])
          let own = Int(places[entry])...Int(places[last])
          let earlier = onlyLater ? own.lowerBound..<own.lowerBound : columnStarts[column]..<own.lowerBound
          let later = own.upperBound + 1..<columnStarts[column + 1]
          if own.count == 1 {
            sums.add(
              own: values[own.lowerBound], rows: rows + earlier.lowerBound, values: values + earlier.lowerBound,
              count: earlier.count)
          } else {
            for place in earlier {
              for own in own { sums.add(own: values[own], rows: rows + place, values: values + place, count: 1) }
            }
          }
          for own in own {
            sums.add(
              own: values[own], rows: rows + later.lowerBound, values: values + later.lowerBound, count: later.count)
          }
          entry = last + 1
        }
      }
    }
  }
}
