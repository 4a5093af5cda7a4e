import Foundation
import Ranking
import Testing

@testable import Serving

@Suite("The most memory that a server takes")
struct MemoryCeilingTests {
  private let world: TestWorld

  init() throws { world = try TestWorld.shared() }

  private func ceiling(_ change: (inout ServerOptions) -> Void = { _ in }) -> MemoryCeiling {
    var options = ServerOptions(
      modelPath: world.path, listenAddress: "127.0.0.1:0", stateFolder: "", workers: 1, seed: 1, serverVersion: "0")
    change(&options)
    return MemoryCeiling(options, model: world.model)
  }

  @Test("the line says the sum and what it is made of")
  func line() throws {
    let ceiling = ceiling()
    let numbers = ceiling.description.matches(of: #/(\d+) MiB/#).compactMap { Int($0.1) }
    #expect(numbers.count == 6, "\(ceiling)")
    let sum = numbers.dropFirst().reduce(0, +)
    // Each is rounded up.
    #expect((sum - 5...sum).contains(numbers[0]), "\(ceiling)")
    #expect(ceiling.bytes > (numbers[0] - 1) << 20 && ceiling.bytes <= numbers[0] << 20)
  }

  @Test("it holds the model with all that is made from it, and for each worker the marks on its tweets")
  func model() throws {
    let file = try #require(try FileManager.default.attributesOfItem(atPath: world.path)[.size] as? Int)
    let model = world.model
    #expect(model.postingBytes > 8 * model.tweets.count)
    let absent = ceiling { $0.modelPath = "/nowhere" }
    #expect(ceiling().bytes - absent.bytes == file / 6 * 7)
    let (one, two) = (ceiling { $0.workers = 1 }, ceiling { $0.workers = 2 })
    #expect(two.bytes - one.bytes > 32 * model.tweets.count)
    let derived = (model.postingBytes + (1 << 20) - 1) >> 20
    #expect(absent.description.contains("model \(derived) MiB"), "\(absent)")
  }

  @Test("a bound that is raised raises it")
  func bounds() {
    let usual = ceiling().bytes
    #expect(ceiling { $0.limits.candidatesPerCall *= 2 }.bytes > usual)
    #expect(ceiling { $0.limits.connections *= 2 }.bytes > usual)
    #expect(ceiling { $0.limits.servedRankingBytes *= 2 }.bytes > usual)
  }
}
