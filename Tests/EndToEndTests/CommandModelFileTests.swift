import ServerSupport
import Foundation
import Testing

/// The promise of docs/model-file.md: Python opens the model, and the document describes all that is in it.
@Suite("The model file from Python")
struct CommandModelFileTests {
  private static let script = Repository.root + "/Tests/Scripts/open_model.py"
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: [String]) throws -> CommandResult {
    let child = try ChildProcess("/usr/bin/env", arguments)
    let status = try child.wait(seconds: 300)
    return (status, child.standardOutput, child.standardError)
  }

  /// Whoever has no network says so, and sees the test skipped.
  private static let isOnline = ProcessInfo.processInfo.environment["APUS_OFFLINE"] != "1"

  /// A Python that has safetensors and numpy: the system's, or one in a folder of its own, for which pip asks PyPI.
  private func python() throws -> String {
    if try run(["python3", "-c", "import safetensors.numpy"]).status == 0 { return "python3" }
    let python = folder.file("python/bin/python")
    for step in [
      ["python3", "-m", "venv", folder.file("python")],
      [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "safetensors", "numpy"],
    ] {
      let result = try run(step)
      if result.status == 0 { continue }
      throw TestFailure("\(step) failed (APUS_OFFLINE=1 skips this test): \(result.stderr.suffix(2_000))")
    }
    return python
  }

  @Test("safetensors opens the model and docs/model-file.md describes every tensor", .enabled(if: isOnline))
  func describesEveryTensor() throws {
    let python = try python()
    let model = try SampleModel.shared().modelPath
    let document = Repository.root + "/docs/model-file.md"
    let result = try run([python, Self.script, model, document])
    #expect(result.status == 0 && result.stdout.hasSuffix(" tensors as described\n"), "\(result)")

    // The check itself can fail: a document that lacks a tensor, or describes it otherwise.
    let text = try String(contentsOfFile: document, encoding: .utf8)
    for (from, to) in [
      ("| `tweets.bias` | F32 |", "| `tweets.prejudice` | F32 |"), ("`users.id` | U64 | [U]", "`users.id` | U64 | [T]"),
      ("`svd.mean` | F64", "`svd.mean` | F32"), ("| `tweets.vector` | sparse rows |", "| `tweets.vector` | strings |"),
      ("| `as_of` |", "| `as_off` |"), ("`tweets.engagers` | optional lists", "`tweets.engagers` | optional strings"),
    ] {
      #expect(text.contains(from))
      try write(Array(text.replacingOccurrences(of: from, with: to).utf8), to: folder.file("wrong.md"))
      let wrong = try run([python, Self.script, model, folder.file("wrong.md")])
      #expect(wrong.status == 1, "\(to) went unnoticed: \(wrong)")
    }
  }
}
