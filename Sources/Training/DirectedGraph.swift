import Kernels

/// A weighted directed graph, stored by destination for pulling.
struct DirectedGraph {
  /// Row = destination, column = source, value = weight of the edge over the weight of all edges of its source.
  let incoming: SparseRows<Double>
  /// For each node, whether an edge leaves it.
  let hasOutgoing: [Bool]

  var nodeCount: Int { incoming.rowCount }
  var edgeCount: Int { incoming.entryCount }

  /// Builds the graph from edges in any order. Weights of parallel edges are summed in that order; what is then not
  /// above 0 is not an edge.
  ///
  /// - Complexity: O(nodes + edges log edges).
  init(nodeCount: Int, sources: [UInt32], destinations: [UInt32], weights: [Double]) {
    let sorted = SparseRows(rowCount: nodeCount, rows: destinations, columns: sources, values: weights)
    var offsets: [UInt64] = [0]
    offsets.reserveCapacity(nodeCount + 1)
    var columns: [UInt32] = []
    var values: [Double] = []
    for row in 0..<nodeCount {
      var entry = Int(sorted.offsets[row])
      let end = Int(sorted.offsets[row + 1])
      while entry < end {
        let source = sorted.columns[entry]
        var weight = 0.0
        while entry < end, sorted.columns[entry] == source {
          weight += sorted.values[entry]
          entry += 1
        }
        if weight > 0 {
          columns.append(source)
          values.append(weight)
        }
      }
      offsets.append(UInt64(columns.count))
    }
    var outgoing = [Double](repeating: 0, count: nodeCount)
    for (source, weight) in zip(columns, values) { outgoing[Int(source)] += weight }
    for index in values.indices { values[index] /= outgoing[Int(columns[index])] }
    incoming = SparseRows(offsets: offsets, columns: columns, values: values)
    hasOutgoing = outgoing.map { $0 > 0 }
  }
}
