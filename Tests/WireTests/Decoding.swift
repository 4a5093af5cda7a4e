import ServerSupport
import Testing
import WireSupport

@testable import Wire

/// A decoder with its arena, and what a test asks of its answers.
final class Decoding {
  let limits: Limits
  let arena: RequestArena
  let decoder: RequestDecoder

  init(limits: Limits = Limits()) {
    self.limits = limits
    arena = RequestArena(capacity: limits.decodeArenaBytes)
    decoder = RequestDecoder(limits: limits, arena: arena)
  }

  /// The decoded call; views stay valid until the next.
  func decode(_ payload: [UInt8]) -> Result<DecodedCall, WireError> {
    // The payload itself need not outlive decoding: nothing may point into it.
    payload.withUnsafeBytes { decoder.decode($0) }
  }

  func call(_ payload: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws -> DecodedCall {
    try #require(try? decode(payload).get(), "\(decode(payload))", sourceLocation: sourceLocation)
  }

  func error(_ payload: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws -> WireError {
    switch decode(payload) {
    case .failure(let error): return error
    case .success(let call):
      Issue.record("decoded \(call.method)", sourceLocation: sourceLocation)
      throw WireError(callID: call.id, status: .ok)
    }
  }

  /// A sentence if the answer to a payload breaks a promise.
  func brokenPromise(of payload: [UInt8]) -> String? {
    CallPromises(limits).brokenPromise(of: decode(payload), arena)
  }
}

/// One valid call of each method, each with all its fields.
enum Valid {
  static let id: UInt64 = 0x1122_3344_5566

  static func call(_ fill: (inout MessageWriter) -> Void) -> [UInt8] {
    MessageWriter.make { call in
      call.varint(Field.id, id)
      fill(&call)
    }
  }

  static let rank = call { call in
    call.varint(Field.budget, 150)
    call.varint(Field.criticality, 1)
    call.payload(Field.traceParent, Array("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".utf8))
    call.message(Field.rank) { rank in
      rank.fixed64(1, 77)
      rank.column(2, [10, 20, 30] as [UInt64])
      rank.column(3, [1, 2, 3] as [UInt64])
      rank.column(4, [0.5, -1, 2] as [Float])
      rank.message(5) { tweet in
        tweet.fixed64(1, 40)
        tweet.payload(2, Array("swifts sleep on the wing".utf8))
        tweet.fixed64(3, 4)
        tweet.fixed32(4, Float(0.25).bitPattern)
      }
      rank.varint(6, 2)
      rank.varint(7, 1)
      rank.varint(8, 1)
    }
  }

  static let recommend = call { call in
    call.message(Field.recommend) { request in
      request.fixed64(1, 77)
      request.varint(2, 5)
      request.varint(3, 1)
      request.varint(4, 1)
    }
  }

  static let similar = call { call in
    call.message(Field.similar) { request in
      request.fixed64(1, 10)
      request.payload(2, Array("a nest under the eaves".utf8))
      request.varint(3, 5)
      request.varint(4, 1)
      request.varint(5, 1)
    }
  }

  static let top = call { call in
    call.message(Field.top) { request in
      request.varint(1, 1)
      request.varint(2, 5)
      request.varint(3, 1)
      request.varint(4, 1)
    }
  }

  static let record = call { call in
    call.message(Field.record) { request in
      request.column(1, [1, 2] as [UInt64])
      request.column(2, [10, 20] as [UInt64])
      request.payload(3, [3, 4])
      request.column(4, [1_600_000_000, 1_600_000_001] as [UInt64])
      request.column(5, [9, 0] as [UInt64])
    }
  }

  static let describe = call { call in call.payload(Field.describe, []) }

  static let setRewards = call { call in call.message(Field.setRewards) { $0.rewards([3, 7], [0.5, -10]) } }

  static let reload = call { call in call.message(Field.reloadModel) { $0.payload(1, Array("models/next".utf8)) } }

  static let all = [rank, recommend, similar, top, record, describe, setRewards, reload]
}
