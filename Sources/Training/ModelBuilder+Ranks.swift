import Kernels
import Artifact
import Ranking

extension ModelBuilder {
  /// Ranks tweets in the engagement graph and users in the user graph.
  mutating func addRanks() {
    let (users, tweets) = (data.users.count, data.tweets.count)
    let firstTweet = UInt32(truncatingIfNeeded: users)
    let engagements = DirectedGraph(
      nodeCount: users + tweets, sources: data.log.users, destinations: data.log.tweets.map { $0 + firstTweet },
      weights: data.log.scores)
    let nodes = rank(engagements, stage: "tweet ranks", into: \.engagementGraph)
    tensors.add(ModelSchema.Tensor.tweetPageRank, shape: [tweets], Array(nodes[users...]))
    let edges = data.graph
    let userGraph = DirectedGraph(
      nodeCount: users, sources: edges.sources, destinations: edges.destinations, weights: edges.weights)
    let ranks = rank(userGraph, stage: "user ranks", into: \.userGraph)
    tensors.add(ModelSchema.Tensor.userPageRank, shape: [users], ranks)
  }

  private mutating func rank(
    _ graph: DirectedGraph, stage: String, into convergence: WritableKeyPath<TrainingReport, TrainingReport.Convergence>
  ) -> [Double] {
    let pageRank = PageRank(damping: options.damping, parallel: Parallel(threads: options.threads))
    let result = pageRank.rank(graph) { iterations, _ in
      progress.update(stage: stage, completed: iterations, total: 0)
    }
    report[keyPath: convergence] = TrainingReport.Convergence(
      nodes: graph.nodeCount, edges: graph.edgeCount, iterations: result.iterations, error: result.error)
    let edges = ReportText.count(graph.edgeCount)
    progress.finish(stage: stage, detail: "\(edges) edges, \(result.iterations) iterations")
    clock.end(stage)
    return result.ranks
  }
}
