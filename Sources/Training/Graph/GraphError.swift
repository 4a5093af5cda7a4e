/// Why a graph could not be built or ranked. Every description names the offending value.
public enum GraphError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The columns of an edge list differ in length.
  case unequalColumns(sources: Int, destinations: Int, weights: Int)
  /// More edges than 32 bits can count.
  case tooManyEdges(count: Int)
  /// An edge names a node that is not there.
  case badNode(edge: Int, node: UInt32, nodeCount: Int)
  /// An edge's weight is NaN or infinite.
  case badWeight(edge: Int, weight: Double)
  /// The weights that leave a node sum to so little that the reciprocal overflows; networkx takes it all the same and
  /// then does not converge.
  case tooSmall(node: Int, sum: Double)
  /// The weights that leave a node sum to so much that the reciprocal loses digits, or to no finite number; networkx
  /// then takes the node for a dangling one.
  case tooLarge(node: Int, sum: Double)
  /// A vector over the nodes has another length.
  case badLength(vector: String, count: Int, nodeCount: Int)
  /// An entry of a vector over the nodes is negative, NaN or infinite.
  case badEntry(vector: String, node: Int, value: Double)
  /// The entries of a vector over the nodes sum to zero, so that it cannot be scaled to a distribution.
  case noWeight(vector: String)
  /// A damping factor that the method cannot use.
  case badDamping(Double, reason: String)
  /// The stopping rule was not met; networkx calls it PowerIterationFailedConvergence.
  case notConverged(iterations: Int, change: Double)

  /// One line for people.
  public var description: String {
    switch self {
    case .unequalColumns(let sources, let destinations, let weights):
      "edge columns differ in length: \(sources) sources, \(destinations) destinations, \(weights) weights"
    case .tooManyEdges(let count): "\(count) edges; a graph holds at most \(UInt32.max)"
    case .badNode(let edge, let node, let count): "edge \(edge) names node \(node); there are \(count) nodes"
    case .badWeight(let edge, let weight): "edge \(edge) has the weight \(weight); it must be a finite number"
    case .tooSmall(let node, let sum): "the weights that leave node \(node) sum to \(sum), too little to divide by"
    case .tooLarge(let node, let sum): "the weights that leave node \(node) sum to \(sum), too much to divide by"
    case .badLength(let vector, let count, let nodes): "\(vector) has \(count) entries for \(nodes) nodes"
    case .badEntry(let vector, let node, let value):
      "\(vector) of node \(node) is \(value); it must be finite and not negative"
    case .noWeight(let vector): "\(vector) is zero at every node, so it is no distribution"
    case .badDamping(let damping, let reason): "damping \(damping): \(reason)"
    case .notConverged(let iterations, let change):
      "the power method did not converge within \(iterations) iterations; the last changed the ranks by \(change)"
    }
  }
}
