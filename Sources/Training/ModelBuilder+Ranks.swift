import Artifact
import Kernels
import Ranking

extension ModelBuilder {
  /// Ranks tweets in the engagement graph, where ranks have a closed form, and users in the user graph.
  mutating func addRanks() throws(TrainingError) {
    let (users, tweets) = (data.users.count, data.tweets.count)
    guard users + tweets <= Int(UInt32.max) else {
      throw .tooManyEntities(kind: "users and tweet", limit: Int(UInt32.max))
    }
    let firstTweet = UInt32(truncatingIfNeeded: users)
    let nodes = try rank(
      nodeCount: users + tweets, data.log.users, data.log.tweets.map { $0 + firstTweet }, data.log.scores,
      of: "user_engagements.csv", stage: "tweet ranks", into: \.engagementGraph)
    tensors.add(ModelSchema.Tensor.tweetPageRank, shape: [tweets], Array(nodes[users...]))
    let edges = data.graph
    let ranks = try rank(
      nodeCount: users, edges.sources, edges.destinations, edges.weights, of: "user_graph.csv", stage: "user ranks",
      into: \.userGraph)
    tensors.add(ModelSchema.Tensor.userPageRank, shape: [users], ranks)
  }

  private mutating func rank(
    nodeCount: Int, _ sources: [UInt32], _ destinations: [UInt32], _ weights: [Double], of file: String, stage: String,
    into convergence: WritableKeyPath<TrainingReport, TrainingReport.Convergence>
  ) throws(TrainingError) -> [Double] {
    let parallel = Parallel(threads: options.threads)
    progress.update(stage: stage, completed: 0, total: 0)
    let (graph, result): (DirectedGraph, PageRank.Result)
    do throws(GraphError) {
      graph = try DirectedGraph(
        nodeCount: nodeCount, sources: sources, destinations: destinations, weights: weights, parallel: parallel)
      result = try PageRank(damping: options.damping, parallel: parallel).rank(graph) { iterations, _ in
        progress.update(stage: stage, completed: iterations, total: 0)
      }
    } catch { throw .graph(file: file, user: user(in: error), error) }
    report[keyPath: convergence] = TrainingReport.Convergence(
      nodes: graph.nodeCount, edges: graph.edgeCount, iterations: result.iterations, error: result.error)
    let edges = ReportText.count(graph.edgeCount)
    let way = result.iterations == 0 ? "closed form" : "\(result.iterations) iterations"
    progress.finish(stage: stage, detail: "\(edges) edges, \(way)")
    clock.end(stage)
    return result.ranks
  }

  /// The key of the user whom an error is about: in both graphs users are the first nodes, by row.
  private func user(in error: GraphError) -> String? {
    switch error {
    case .tooSmall(let node, _), .tooLarge(let node, _): node < data.users.count ? data.users.shownKey(node) : nil
    default: nil
    }
  }
}
