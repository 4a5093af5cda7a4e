import CProtobufC
import RankingProto
import Testing

/// What the decoder's bounds rest on, held against the generated descriptors.
@Suite("The schema")
struct SchemaLintTests {
  struct Edge {
    let field: String
    let label: ProtobufCLabel
    let isOneof: Bool
    let target: UnsafePointer<ProtobufCMessageDescriptor>
  }

  func name(_ message: UnsafePointer<ProtobufCMessageDescriptor>) -> String { String(cString: message.pointee.name) }

  func fields(_ message: UnsafePointer<ProtobufCMessageDescriptor>) -> [ProtobufCFieldDescriptor] {
    Array(UnsafeBufferPointer(start: message.pointee.fields, count: Int(message.pointee.n_fields)))
  }

  func edges(_ message: UnsafePointer<ProtobufCMessageDescriptor>) -> [Edge] {
    fields(message).compactMap { field in
      guard field.type == PROTOBUF_C_TYPE_MESSAGE, let target = field.descriptor else { return nil }
      return Edge(
        field: String(cString: field.name), label: field.label,
        isOneof: field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0,
        target: target.assumingMemoryBound(to: ProtobufCMessageDescriptor.self))
    }
  }

  /// Messages on the longest path from here, itself included; throws on a cycle.
  func depth(_ message: UnsafePointer<ProtobufCMessageDescriptor>, under path: [String] = []) throws -> Int {
    let name = name(message)
    try #require(!path.contains(name), "\(name) contains itself by \(path)")
    return 1 + (try edges(message).map { try depth($0.target, under: path + [name]) }.max() ?? 0)
  }

  func reachable(_ message: UnsafePointer<ProtobufCMessageDescriptor>) -> [UnsafePointer<ProtobufCMessageDescriptor>] {
    [message] + edges(message).flatMap { reachable($0.target) }
  }

  @Test("no message contains itself, and the deepest has at most four levels")
  func F25_theMessageGraphIsShallow() throws {
    let roots = try withUnsafePointer(to: apus__v1__call__descriptor) { call in
      try withUnsafePointer(to: apus__v1__reply__descriptor) { reply in [try depth(call), try depth(reply)] }
    }
    #expect(roots == [3, 3])
    #expect(roots.allSatisfy { $0 <= 4 })
  }

  /// protobuf-c merges a singular sub-message that comes again, at quadratic cost and with its least tested code.
  /// In a oneof it replaces it instead, and in a list it appends.
  @Test("a call has no sub-message that protobuf-c could merge")
  func F24_nothingInACallMerges() {
    withUnsafePointer(to: apus__v1__call__descriptor) { call in
      let all = reachable(call)
      #expect(all.count >= 7)
      for message in all {
        for edge in edges(message) where edge.label != PROTOBUF_C_LABEL_REPEATED && !edge.isOneof {
          Issue.record("\(name(message)).\(edge.field) is singular and not in a oneof")
        }
      }
    }
  }

  @Test("calls hold no strings, and numbers in lists are packed")
  func idsAndTextsAreNeverStrings() {
    withUnsafePointer(to: apus__v1__call__descriptor) { call in
      for message in reachable(call) {
        for field in fields(message) {
          let path = "\(name(message)).\(String(cString: field.name))"
          #expect(field.type != PROTOBUF_C_TYPE_STRING, "\(path)")
          let isNumber = field.type != PROTOBUF_C_TYPE_MESSAGE && field.type != PROTOBUF_C_TYPE_BYTES
          if field.label == PROTOBUF_C_LABEL_REPEATED && isNumber {
            #expect(field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_PACKED.rawValue) != 0, "\(path)")
          }
        }
      }
    }
  }
}
