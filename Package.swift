// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The order of this file is the order of the house: a target may depend only on targets above it.
// Tests/ArchitectureTests holds the sources to the same table.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// What loops over numbers is optimised in debug builds too: tests that train are some thirty times faster, and -O keeps
// preconditions, bounds and overflow checks.
//
// That no two accesses to a variable overlap is checked at run time in debug builds, which the tests and sanitizers run; in a
// release build the checks took a twentieth of a small call.
let busy: [SwiftSetting] =
  strict + [
    .unsafeFlags(["-O"], .when(configuration: .debug)),
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
  ]

// Portable code is the default. APUS_MARCH=x86-64-v3 lets the kernels use AVX2 and FMA on machines known to have them.
let kernelSettings: [SwiftSetting] =
  busy + (Context.environment["APUS_MARCH"].map { [.unsafeFlags(["-Xcc", "-march=\($0)"])] } ?? [])

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")

let systemLibraries: [Target] = [
  .systemLibrary(name: "CLibuv", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
  .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
  .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
  .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
  .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
  .systemLibrary(name: "CLibcsv", providers: [.apt(["libcsv-dev"])]),
  // One header of compiler intrinsics that Swift cannot spell (prefetch, madvise constants).
  .target(name: "CIntrinsics"),
]

let house: [Target] = [
  .target(name: "RankingProto", dependencies: ["CProtobufC"]),
  .target(name: "Kernels", dependencies: ["CIntrinsics"], swiftSettings: kernelSettings),
  .target(name: "Artifact", dependencies: ["CXXHash", "CIntrinsics", "Kernels"], swiftSettings: strict),
  .target(name: "Text", dependencies: ["Kernels"], swiftSettings: strict),
  .target(name: "Ranking", dependencies: ["Kernels", "Artifact", "Text"], swiftSettings: busy),
  .target(
    name: "Wire", dependencies: ["CProtobufC", "RankingProto", "Ranking"], swiftSettings: busy),
  .target(name: "EventLoop", dependencies: ["CLibuv"], swiftSettings: busy),
  .target(
    name: "Feedback", dependencies: ["CXXHash", "CISAL", "Kernels", "Artifact", "EventLoop", "Ranking"],
    swiftSettings: busy),
  .target(
    name: "Serving",
    dependencies: [
      "RankingProto", "Kernels", "Artifact", "Text", "Ranking", "Wire", "EventLoop", "Feedback",
    ],
    swiftSettings: busy),
  .target(
    name: "Stores", dependencies: ["CHiredis", "Kernels", "Artifact", "EventLoop", "Feedback", "Serving"],
    swiftSettings: strict),
  .target(
    name: "Training", dependencies: ["CLibcsv", "Kernels", "Artifact", "Text", "Ranking"],
    swiftSettings: busy),
  .target(name: "Evaluation", dependencies: ["Kernels", "Artifact", "Ranking", "Training"], swiftSettings: busy),
  .target(
    name: "ApusClient", dependencies: ["RankingProto", "CProtobufC"], path: "clients/c",
    exclude: ["Makefile", "apus.pc.in", "example.c", "README.md"], sources: ["apus.c"], publicHeadersPath: "include"),
  .executableTarget(
    name: "apus",
    dependencies: [
      "Artifact", "Text", "Ranking", "Wire", "EventLoop", "Feedback", "Serving", "Stores", "Training", "Evaluation",
      "ApusClient", argumentParser,
    ],
    swiftSettings: strict),
  .executableTarget(
    name: "apus-load", dependencies: ["ApusClient", argumentParser, histogram],
    path: "clients/loadtest", exclude: ["README.md"], swiftSettings: strict),
  .executableTarget(
    name: "bandit-benchmark", dependencies: ["Kernels", "Artifact", "Ranking", "Feedback", argumentParser],
    path: "Benchmarks/bandit", exclude: ["README.md"], swiftSettings: strict),
  .executableTarget(
    name: "fold-benchmark", dependencies: ["Kernels", "Ranking", "Feedback", argumentParser], path: "Benchmarks/fold",
    exclude: ["README.md"], swiftSettings: strict),
  .executableTarget(
    name: "training-benchmark", dependencies: ["Kernels", "Text", "Ranking", "Training", argumentParser],
    path: "Benchmarks/training",
    exclude: ["README.md", "compare.py", "peers.py", "requirements.txt", "run.sh", "worlds.py"], swiftSettings: strict),
  .executableTarget(
    name: "counterfactual-benchmark", dependencies: ["Evaluation", argumentParser], path: "Benchmarks/counterfactual",
    exclude: ["README.md", "compare.py", "requirements.txt", "run.sh", "torchless.py"], swiftSettings: strict),
]

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let suites: [Target] = [
  // Reads reference outputs; shared by the suites that compare with them.
  .target(
    name: "ParitySupport", dependencies: ["Artifact", "Ranking"], path: "Tests/ParitySupport", swiftSettings: strict),
  // Says well-formed and other things to a server, and waits for threads; shared by the suites that do.
  .target(name: "ServerSupport", path: "Tests/ServerSupport", swiftSettings: strict),
  // What decoding a call promises; shared by its tests and its fuzzer.
  .target(name: "WireSupport", dependencies: ["Wire", "Ranking"], path: "Tests/WireSupport", swiftSettings: strict),
  // Starts real Redis servers, and plays false ones; shared by the suites that need them.
  .target(name: "RedisSupport", path: "Tests/RedisSupport", swiftSettings: strict),
  tests("ArchitectureTests", ["ParitySupport"]),
  tests("KernelsTests", ["Kernels", "ParitySupport"]),
  tests("ArtifactTests", ["Artifact"]),
  tests("TextTests", ["Text", "Kernels", "ParitySupport"]),
  tests("RankingTests", ["Ranking", "Artifact", "Kernels", "Text", "Training", "ParitySupport"]),
  tests("WireTests", ["Wire", "RankingProto", "CProtobufC", "Ranking", "ServerSupport", "WireSupport"]),
  tests("EventLoopTests", ["EventLoop", "ServerSupport"]),
  .testTarget(
    name: "FeedbackTests", dependencies: ["Feedback", "Artifact", "Ranking", "CXXHash", "ServerSupport"],
    swiftSettings: busy),
  tests(
    "ServingTests",
    [
      "Serving", "Wire", "RankingProto", "CProtobufC", "Kernels", "Ranking", "Artifact", "EventLoop", "Feedback",
      "Training", "ServerSupport",
    ]),
  tests(
    "StoresTests",
    ["Stores", "Artifact", "EventLoop", "Feedback", "Ranking", "Serving", "RedisSupport", "ServerSupport"]),
  tests("TrainingTests", ["Training", "Artifact", "Kernels", "Ranking", "Text", "ParitySupport"]),
  tests("EvaluationTests", ["Evaluation", "Training", "Ranking", "Kernels", "ParitySupport"]),
  tests("ClientTests", ["ApusClient", "apus", "apus-load", argumentParser]),
  tests(
    "EndToEndTests",
    [
      "apus", "apus-load", "fold-benchmark", "ApusClient", "Artifact", "Feedback", "Kernels", "Ranking", "RankingProto",
      "CProtobufC", "Training", "EventLoop", "Stores", "ParitySupport", "RedisSupport", "ServerSupport",
    ]),
]

// Fuzzers are programs around libFuzzer's main function, which only `swift build --sanitize=fuzzer` links: without FUZZ in the
// environment they are no targets. One program each, since every edge that is linked is looked at after every run.
func fuzzer(_ name: String, folder: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: "fuzz-\(name)", dependencies: ["FuzzSupport"] + dependencies, path: "Tests/Fuzzing/\(folder)",
    swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
}

let fuzzers: [Target] =
  Context.environment["FUZZ"] == nil
  ? []
  : [
    .target(name: "FuzzSupport", path: "Tests/Fuzzing/Support", swiftSettings: strict),
    fuzzer("frames", folder: "Frames", ["Wire"]),
    fuzzer("requests", folder: "Requests", ["Wire", "WireSupport"]),
    fuzzer("model", folder: "Model", ["Artifact", "Kernels", "Ranking", "Serving"]),
    fuzzer("log", folder: "Log", ["Feedback", "Ranking"]),
    fuzzer("text", folder: "Text", ["Text"]),
    fuzzer("redis", folder: "Redis", ["Stores", "CHiredis", "Feedback", "Ranking"]),
  ]

let package = Package(
  name: "Apus",
  products: [],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: systemLibraries + house + suites + fuzzers
)
