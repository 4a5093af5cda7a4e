import ServerSupport

/// A library from a C file among the fixtures. In a process that has it loaded first, its functions take the place of
/// those of the C library.
struct PreloadedLibrary {
  private let path: String

  /// Builds `Tests/Fixtures/<name>.c`; the library lies in `folder`.
  init(_ name: String, in folder: TemporaryFolder) throws {
    path = folder.file("\(name).so")
    let source = "\(Repository.root)/Tests/Fixtures/\(name).c"
    let compiler = try ChildProcess("/usr/bin/cc", ["-shared", "-fPIC", "-O1", "-o", path, source, "-ldl"])
    guard try compiler.wait(seconds: 60) == 0 else { throw TestFailure(compiler.standardError) }
  }

  /// What env(1) is told so that the program it becomes has the library.
  var setting: String { "LD_PRELOAD=\(path)" }
}
