import Kernels
import Training

/// What is learned from a graph.
struct GraphCases {
  private let input: InputFolder
  private let sources: [UInt32]
  private let destinations: [UInt32]
  private let watch: Stopwatch

  init(input: InputFolder, watch: Stopwatch) throws {
    let columns = try input.columns("edges.tsv", count: 2)
    self.input = input
    sources = columns[0].map { UInt32($0) }
    destinations = columns[1].map { UInt32($0) }
    self.watch = watch
  }

  /// From the columns of edges to the ranks, the graph's layout included, to an L1 error below 1e-10. Leaves the ranks in
  /// the input folder, so that another program can tell how good they are.
  func pageRank(_ parallel: Parallel) throws -> Measurement {
    let nodes = Int(max(sources.max() ?? 0, destinations.max() ?? 0)) + 1
    let (seconds, result) = try watch.best {
      let graph = try DirectedGraph(
        nodeCount: nodes, sources: sources, destinations: destinations, parallel: parallel)
      return try PageRank(parallel: parallel).rank(graph)
    }
    try input.write(result.ranks, to: "pagerank-of-apus.f64")
    return Measurement(seconds: seconds, quality: ["bound of L1 error": result.error])
  }
}
