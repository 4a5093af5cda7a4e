import Kernels

@testable import Training

/// One case of the reference file `pagerank/cases.json`.
struct RankCase: Decodable {
  /// Source, destination, weight.
  struct Edge: Decodable {
    let source: String
    let destination: String
    let weight: Double

    init(from decoder: any Decoder) throws {
      var fields = try decoder.unkeyedContainer()
      source = try fields.decode(String.self)
      destination = try fields.decode(String.self)
      weight = try fields.decode(Double.self)
    }
  }

  /// Arguments of `networkx.pagerank`.
  struct Options: Decodable {
    let alpha: Double?
    let tol: Double?
    let maxIterations: Int?
    let personalization: [String: Double]?
    let dangling: [String: Double]?
    let nstart: [String: Double]?
    /// `weight=None`: all weights count as 1.
    let ignoresWeights: Bool

    enum CodingKeys: String, CodingKey {
      case alpha, tol, personalization, dangling, nstart, weight
      case maxIterations = "max_iter"
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      alpha = try fields.decodeIfPresent(Double.self, forKey: .alpha)
      tol = try fields.decodeIfPresent(Double.self, forKey: .tol)
      maxIterations = try fields.decodeIfPresent(Int.self, forKey: .maxIterations)
      personalization = try fields.decodeIfPresent([String: Double].self, forKey: .personalization)
      dangling = try fields.decodeIfPresent([String: Double].self, forKey: .dangling)
      nstart = try fields.decodeIfPresent([String: Double].self, forKey: .nstart)
      ignoresWeights = try fields.contains(.weight) && fields.decodeNil(forKey: .weight)
    }
  }

  let name: String
  let directed: Bool
  let nodes: [String]
  let edges: [Edge]
  let options: Options
  let pagerank: [String: Double]?
  let iterations: Int?
  let exact: [String: Double]?
  let closedForm: [String: Double]?
  let error: String?

  enum CodingKeys: String, CodingKey {
    case name, directed, edges, options, pagerank, iterations, error
    case nodes = "nodes_in_order"
    case exact = "pagerank_exact"
    case closedForm = "closed_form"
  }

  /// The graph as networkx reads it.
  func graph() throws -> DirectedGraph {
    let numbers = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, UInt32($0)) })
    let sources = edges.compactMap { numbers[$0.source] }
    let destinations = edges.compactMap { numbers[$0.destination] }
    let weights = options.ignoresWeights ? nil : edges.map(\.weight)
    if directed {
      return try DirectedGraph(
        nodeCount: nodes.count, sources: sources, destinations: destinations, weights: weights, negatives: .kept)
    }
    return try DirectedGraph(
      nodeCount: nodes.count, undirected: sources, destinations, weights: weights, negatives: .kept)
  }

  /// The call as networkx makes it.
  func method(threads: Int) -> PageRank {
    var method = PageRank.networkx
    method.damping = options.alpha ?? 0.85
    method.rule = .networkx(tolerance: options.tol ?? 1e-6)
    method.maxIterations = options.maxIterations ?? 100
    method.personalization = vector(options.personalization)
    method.dangling = vector(options.dangling)
    method.start = vector(options.nstart)
    method.parallel = Parallel(threads: threads)
    return method
  }

  /// A dictionary by node as a vector; names of no node are ignored, as networkx does.
  func vector(_ entries: [String: Double]?) -> [Double]? {
    entries.map { entries in nodes.map { entries[$0] ?? 0 } }
  }
}
