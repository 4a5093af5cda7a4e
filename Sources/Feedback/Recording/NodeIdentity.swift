import Artifact
import Glibc

/// The names of a node among replicas: 64 random bits each, in the file `node` of its state folder.
///
/// Entries are told apart by node and sequence number. Where the numbers of a log are found to be another one's too, as
/// after an old copy of the folder was put back, or beside a copy in use, the entries from there on get a new name. The file has
/// a line per name: 16 hexadecimal digits and, but for a first line of all entries, a space and the first sequence that has
/// this name. The headers of segments have them too, so that a file that is lost is made again.
public struct NodeIdentity: Equatable, Sendable {
  /// A name, and the first entry that has it.
  struct Span: Equatable, Sendable {
    var node: UInt64
    var first: UInt64
  }

  /// More names than this are not believed.
  private static let limit = 256

  private(set) var spans: [Span]
  /// Whether the file was lost and its contents were found elsewhere.
  public private(set) var isRecovered = false

  /// One name for all entries.
  public init(node: UInt64) { spans = [Span(node: node, first: 1)] }

  /// Names as they were given one after the other; nil: there are none.
  init?(_ given: [Span]) {
    spans = []
    for span in given where span != spans.last { add(span) }
    if spans.isEmpty { return nil }
  }

  /// Entries from some place on have another name.
  private mutating func add(_ span: Span) {
    spans.removeAll { $0.first >= span.first && $0.first > 1 }
    spans.append(span)
    if spans.count > Self.limit { spans.removeFirst() }
  }

  /// The name of new entries, and the first that has it.
  var last: Span? { spans.last }

  /// The name of new entries.
  public var node: UInt64 { spans.last?.node ?? 0 }

  /// The name of an entry of our log.
  public func node(of sequence: UInt64) -> UInt64 { (spans.last { $0.first <= sequence } ?? spans.first)?.node ?? 0 }

  /// Every name with the first and the last entry that has it, the oldest first; the last one has all to come.
  public var names: [(node: UInt64, first: UInt64, last: UInt64)] {
    spans.indices.map { index in
      (spans[index].node, spans[index].first, index + 1 < spans.count ? spans[index + 1].first - 1 : .max)
    }
  }

  /// Whether these are the names of the log that has those, now or later.
  func continues(_ older: NodeIdentity) -> Bool { has(older.node) }

  /// Whether this is one of the names.
  func has(_ node: UInt64) -> Bool { spans.contains { $0.node == node } }

  // MARK: The file

  /// Reads the names. Where there is no file they are taken from the log, `owners`, else from the snapshot; where nothing is
  /// named yet one is made. The folder exists and is this process's.
  ///
  /// Throws ``FeedbackError/otherNode(path:name:)`` for a file that does not know the name of the log's last entries.
  static func read(folder: String, owners: [Span] = []) throws(FeedbackError) -> NodeIdentity {
    if let identity = try find(folder: folder) {
      guard let owner = owners.last, !identity.has(owner.node) else { return identity }
      throw .otherNode(path: folder + "/node", name: owner.node)
    }
    let known = NodeIdentity(owners) ?? (try? FoldedState.read(path: folder + "/snapshot"))?.identity
    var identity = known ?? NodeIdentity(node: UInt64.random(in: 1 ... .max))
    try identity.write(folder: folder)
    identity.isRecovered = known != nil
    return identity
  }

  /// Reads the names, and changes nothing; nil: there are none.
  public static func find(folder: String) throws(FeedbackError) -> NodeIdentity? {
    let path = folder + "/node"
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw .cannotUse(folder: folder, operation: "open node", code: errno) }
      return nil
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit * 40)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw .cannotUse(folder: folder, operation: "read node", code: errno) }
    guard let identity = NodeIdentity(String(decoding: bytes[..<count], as: UTF8.self)) else {
      throw .badNode(path: path)
    }
    return identity
  }

  /// A new name for the entries behind number `base`, which the file has when this returns.
  public func renamed(base: UInt64, folder: String) throws(FeedbackError) -> NodeIdentity {
    var identity = self
    identity.add(Span(node: UInt64.random(in: 1 ... .max), first: base + 1))
    try identity.write(folder: folder)
    return identity
  }

  private init?(_ text: String) {
    spans = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count <= 2, words[0].utf8.count == 16, let node = UInt64(words[0], radix: 16), node != 0 else {
        return nil
      }
      guard let first = words.count == 1 ? 1 : UInt64(words[1]), first > spans.last?.first ?? 0 || first == 1 else {
        return nil
      }
      spans.append(Span(node: node, first: first))
    }
    guard text.hasSuffix("\n"), !spans.isEmpty, spans.count <= Self.limit else { return nil }
  }

  private func write(folder: String) throws(FeedbackError) {
    let lines = spans.map { span in
      let name = span.node.hexadecimal
      return span.first == 1 ? name + "\n" : "\(name) \(span.first)\n"
    }
    do throws(ArtifactError) { try WholeFile.write(Array(lines.joined().utf8), to: folder + "/node") } catch {
      guard case .system(let operation, _, let code) = error else { throw .badNode(path: folder + "/node") }
      throw .cannotUse(folder: folder, operation: "\(operation) node", code: code)
    }
  }
}
