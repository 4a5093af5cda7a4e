import Artifact
import Ranking

/// The smaller parts of a snapshot.
extension FoldedState {
  func restoreContextual(_ set: TensorSet) throws(ArtifactError) {
    let numbers = try set.column(FoldSchema.contextual, of: Int64.self, shape: [contextual.numbers.count])
    guard let learned = ContextualState(numbers: Array(numbers)) else { return }
    contextual = learned
  }

  func restoreWeights(_ set: TensorSet) throws(ArtifactError) {
    let values = try set.column(FoldSchema.weights, of: Double.self, shape: [weights.values.count])
    let time = try set.column(FoldSchema.weightsTime, of: Int64.self, shape: [1])
    for type in EventType.allCases where type != .impression {
      do throws(BanditError) { try weights.set(type, to: values[Int(type.rawValue)]) } catch {
        throw .badColumn(name: FoldSchema.weights, reason: "\(error)")
      }
    }
    weights.setAtSeconds = time[0]
  }

  func restoreFloors(_ set: TensorSet) throws(ArtifactError) {
    let times = try set.column(FoldSchema.floorTime, of: UInt32.self, shape: [4])
    let ids = try set.column(FoldSchema.floorID, of: UInt64.self, shape: [4])
    let areSet = try set.column(FoldSchema.floorIsSet, of: UInt8.self, shape: [4])
    func floor(_ part: Int) -> TimedID? { areSet[part] == 0 ? nil : TimedID(time: times[part], id: ids[part]) }
    arms.restore(floor: floor(0))
    trends.restore(floor: floor(1))
    users.restore(floor: floor(2))
    rankings.restore(floor: floor(3))
  }

  func restoreArrival(_ set: TensorSet) throws(ArtifactError) {
    let nodes = try set.column(FoldSchema.cursorNode, of: UInt64.self, shape: [nil])
    let sequences = try set.column(FoldSchema.cursorSequence, of: UInt64.self, shape: [nodes.count])
    for row in nodes.indices { cursors[nodes[row]] = sequences[row] }
    let names = try set.column(FoldSchema.ownNode, of: UInt64.self, shape: [nil])
    let firsts = try set.column(FoldSchema.ownFirst, of: UInt64.self, shape: [names.count])
    guard firsts.allSatisfy({ $0 > 0 }),
      let own = NodeIdentity(names.indices.map { .init(node: names[$0], first: firsts[$0]) })
    else { throw .badColumn(name: FoldSchema.ownFirst, reason: "it is not of names") }
    restore(own)
    for key in try set.column(FoldSchema.keys, of: UInt64.self, shape: [nil]) { keys.insert(key) }
  }
}
