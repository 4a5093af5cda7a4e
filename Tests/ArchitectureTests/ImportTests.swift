import Foundation
import Testing

/// The design's table of who may import whom, as the sources have it.
@Suite struct ImportTests {
  /// What a module may import, beside the standard library and the C library.
  struct Allowance {
    let house: Set<String>
    var foundation = false
  }

  /// The order is the order of the house: a module imports only what stands above it.
  static let table: [(module: String, may: Allowance)] = [
    ("Kernels", .init(house: ["CIntrinsics"])),
    ("Artifact", .init(house: ["CXXHash", "CIntrinsics", "Kernels"])),
    ("Text", .init(house: ["Kernels"])),
    ("Ranking", .init(house: ["Kernels", "Artifact", "Text"])),
    ("Wire", .init(house: ["CProtobufC", "RankingProto", "Ranking"])),
    ("EventLoop", .init(house: ["CLibuv"])),
    ("Feedback", .init(house: ["CXXHash", "CISAL", "Kernels", "Artifact", "EventLoop", "Ranking"], foundation: true)),
    (
      "Serving",
      .init(
        house: ["RankingProto", "Kernels", "Artifact", "Text", "Ranking", "Wire", "EventLoop", "Feedback"],
        foundation: true)
    ),
    ("Stores", .init(house: ["CHiredis", "Kernels", "Artifact", "EventLoop", "Feedback", "Serving"])),
    ("Training", .init(house: ["CLibcsv", "Kernels", "Artifact", "Text", "Ranking"], foundation: true)),
    ("Evaluation", .init(house: ["Kernels", "Artifact", "Ranking", "Training"])),
    (
      "apus",
      .init(
        house: [
          "Artifact", "Text", "Ranking", "Wire", "EventLoop", "Feedback", "Serving", "Stores", "Training", "Evaluation",
          "ApusClient",
        ],
        foundation: true)
    ),
  ]

  /// Parts of the system that any module may name.
  static let system: Set<String> = ["Glibc", "Darwin", "Synchronization", "ArgumentParser", "Dispatch"]

  private func imports(of path: String) throws -> [String] {
    try SourceTree.lines(of: path).compactMap { line in
      let words = line.split(separator: " ").drop { $0.hasPrefix("@") }
      guard words.first == "import", let name = words.dropFirst().first else { return nil }
      return String(name)
    }
  }

  @Test("Every module imports only modules above it", arguments: table.map(\.module))
  func importsOnlyAbove(module: String) throws {
    let may = try #require(Self.table.first { $0.module == module }?.may)
    let files = SourceTree.files(in: "Sources/\(module)", endings: [".swift"])
    #expect(!files.isEmpty)
    for file in files {
      for name in try imports(of: file) {
        let isAllowed =
          may.house.contains(name) || Self.system.contains(name) || (name == "Foundation" && may.foundation)
        #expect(isAllowed, "\(file) imports \(name)")
      }
    }
  }

  @Test("The table has every Swift module, and each of its rows looks up only")
  func tableIsWhole() {
    let modules = Set(SourceTree.files(in: "Sources", endings: [".swift"]).map { $0.split(separator: "/")[1] })
    #expect(modules == Set(Self.table.map { Substring($0.module) }))
    var above: Set<String> = [
      "CLibuv", "CProtobufC", "CXXHash", "CISAL", "CHiredis", "CLibcsv", "CIntrinsics", "RankingProto", "ApusClient",
    ]
    for (module, may) in Self.table {
      #expect(may.house.isSubset(of: above), "\(module) looks down")
      above.insert(module)
    }
  }

  @Test("Package.swift gives each module exactly the dependencies of the table")
  func packageAgrees() throws {
    let package = try SourceTree.text(of: "Package.swift").split(separator: "\n").joined(separator: " ")
    for (module, may) in Self.table {
      let start = try #require(package.range(of: "name: \"\(module)\",")?.upperBound, "no target \(module)")
      let rest = package[start...]
      let open = try #require(rest.range(of: "dependencies: [")?.upperBound)
      let close = try #require(rest[open...].firstIndex(of: "]"))
      let named = rest[open..<close].components(separatedBy: "\"").enumerated().filter { $0.offset % 2 == 1 }.map {
        String($0.element)
      }
      #expect(Set(named) == may.house, "\(module) in Package.swift")
    }
  }

  @Test("Ranking, Text and Kernels do no I/O, read no clock and draw no chance of their own")
  func pureModulesArePure() throws {
    let forbidden = [
      "fopen(", " open(", "read(", "write(", "socket(", "clock_gettime", "SystemRandomNumberGenerator", "Date()",
      ".random(in", "gettimeofday", " time(",
    ]
    for module in ["Kernels", "Text", "Ranking"] {
      for file in SourceTree.files(in: "Sources/\(module)", endings: [".swift"]) {
        for (index, line) in try SourceTree.lines(of: file).enumerated() where !line.contains("//") {
          for word in forbidden where line.contains(word) {
            Issue.record("\(file):\(index + 1) has '\(word)': \(line)")
          }
        }
      }
    }
  }

  @Test("SIMD types appear in Kernels only")
  func vectorsLiveInKernels() throws {
    for file in SourceTree.files(in: "Sources", endings: [".swift"]) where !file.hasPrefix("Sources/Kernels/") {
      let text = try SourceTree.text(of: file)
      #expect(!text.contains("SIMD"), "\(file) names a SIMD type")
    }
  }
}
