import Kernels
import Training

/// What is learned from a graph.
struct GraphCases {
  private let input: InputFolder
  private let name: String
  private let sources: [UInt32]
  private let destinations: [UInt32]
  private let watch: Stopwatch

  /// The graph of 100,000 nodes.
  init(input: InputFolder, watch: Stopwatch) throws {
    let columns = try input.columns("edges.tsv", count: 2)
    (self.input, self.watch, name) = (input, watch, "pagerank")
    sources = columns[0].map { UInt32($0) }
    destinations = columns[1].map { UInt32($0) }
  }

  /// The graph of a million nodes.
  init(large input: InputFolder, watch: Stopwatch) throws {
    let numbers = try input.integers("large-edges.u32")
    (self.input, self.watch, name) = (input, watch, "pagerank-large")
    sources = Array(numbers[..<(numbers.count / 2)])
    destinations = Array(numbers[(numbers.count / 2)...])
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
    try input.write(result.ranks, to: "\(name)-of-apus.f64")
    return Measurement(seconds: seconds, quality: ["bound of L1 error": result.error])
  }
}
