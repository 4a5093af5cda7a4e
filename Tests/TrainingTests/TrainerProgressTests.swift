import Foundation
import Testing

@testable import Training

extension TrainerTests {
  @Test("progress is heard for every stage and never runs backwards; the report counts and times them")
  func progressAndReport() throws {
    let recorder = Recorder()
    let world = try SmallWorld.random(seed: 3)
    var ticks = 0.0
    let (_, report) = try Trainer.train(world.options(), progress: recorder) {
      ticks += 1
      return ticks
    }
    let reading = ["user_engagements.csv", "tweets.csv", "user_graph.csv"].map { "read \($0)" }
    let made = ["factors", "terms", "profiles", "neighbours", "tweet ranks", "user ranks", "blend"]
    #expect(recorder.finished == reading + made)
    for (last, next) in zip(recorder.updates, recorder.updates.dropFirst()) where last.stage == next.stage {
      #expect(last.completed <= next.completed)
    }
    #expect(recorder.updates.allSatisfy { $0.total == 0 || $0.completed <= $0.total })
    #expect(report.stages.map(\.seconds) == [Double](repeating: 1, count: report.stages.count))
    #expect(report.stages.map(\.name).first == "reading")
    #expect(report.files.map(\.rowsRead) == [3000, 300, 0, 900])
    #expect(report.files.map(\.isPresent) == [true, true, false, true])
    #expect(report.epochErrors.count == 5)
    let decoded = try JSONDecoder().decode(TrainingReport.self, from: JSONEncoder().encode(report))
    #expect(decoded.description == report.description)
    #expect(report.description.contains("user_engagements.csv  3,000 rows\n"))
  }

  @Test("the report tells a bound of the ranks' error, or that the last pass changed nothing")
  func convergence() {
    var report = TrainingReport()
    report.userGraph = .init(nodes: 3, edges: 2, iterations: 7, error: 8.8e-12)
    report.engagementGraph = .init(nodes: 3, edges: 2, iterations: 2, error: 0)
    #expect(report.description.contains("3 nodes, 2 edges, 7 iterations, L1 error under 8.8e-12\n"))
    #expect(report.description.contains("3 nodes, 2 edges, 2 iterations, exact but for rounding\n"))
  }
}
