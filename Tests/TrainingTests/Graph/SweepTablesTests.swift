import Kernels
import Testing

@testable import Training

@Suite("Tables of sweeps")
struct SweepTablesTests {
  @Test("a worker finds the values of the last rounds, however seldom it comes", arguments: [1, 2, 3])
  func late(workers: Int) throws {
    let nodes = 100
    let ring = (0..<UInt32(nodes)).map { $0 }
    let graph = try DirectedGraph(nodeCount: nodes, sources: ring, destinations: ring.map { ($0 + 1) % UInt32(nodes) })
    let stages = RowBlocks(0..<nodes, of: graph, count: 4)
    let tables = SweepTables(stages: stages, workers: workers)
    let start = tables.values(ofSweep: 0)
    for row in 0..<nodes { start[row] = Double(row) }
    // What all workers together have written, without copies.
    var plain = Array(start)
    var generator = SeededGenerator(seed: 21)
    for round in stages.count..<400 {
      let rows = stages[round % stages.count]
      let fresh = tables.values(ofSweep: round / stages.count)
      // The last worker comes always, the others now and then, and after the round's values were begun.
      for worker in (0..<workers).reversed() where worker == workers - 1 || generator.below(7) == 0 {
        #expect(Array(tables.values(for: worker, inRound: round)) == plain)
        for row in rows { fresh[row] = Double(round * nodes + row) }
      }
      for row in rows { plain[row] = Double(round * nodes + row) }
    }
    #expect(Array(tables.values(ofSweep: 99)) == plain)
  }
}
