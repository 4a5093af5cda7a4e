import Foundation

/// What a process that works for another says, one line of JSON each.
enum ChildMessage: Codable, Sendable {
  /// It has drawn its requests and is connected.
  case ready(server: String, notes: [String])
  case done(LoadTally)
  case failed(String)

  /// The line, with its end.
  func line() throws -> Data { try JSONEncoder().encode(self) + Data("\n".utf8) }

  init(line: Data) throws { self = try JSONDecoder().decode(Self.self, from: line) }
}
