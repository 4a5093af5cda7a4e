import ServerSupport
import Testing

@testable import Wire

@Suite("The first call of a client that must show a token")
struct FirstCallTests {
  /// The id and the token that are read of a payload.
  private func read(_ payload: [UInt8]) -> (id: UInt64, token: [UInt8]?) {
    payload.withUnsafeBytes { bytes in
      let call = FirstCall(bytes)
      return (call.callID, call.token.map { Array($0) })
    }
  }

  private func call(_ id: UInt64, _ token: [UInt8]) -> [UInt8] {
    MessageWriter.make { call in
      call.varint(1, id)
      call.varint(2, 200)
      call.message(25) { $0.payload(1, token) }
    }
  }

  @Test("it is read as the decoder reads it, and the decoder knows the call too")
  func F77_agreesWithTheDecoder() throws {
    for token in [[], [7], [UInt8](0...255), [UInt8](repeating: 9, count: 4_000)] as [[UInt8]] {
      let payload = call(5, token)
      let (id, found) = read(payload)
      #expect(id == 5 && found == token)
      guard case .authenticate = try Decoding().call(payload).method else {
        Issue.record("another method")
        continue
      }
    }
    // The last method of a message is the one that counts.
    let describe = MessageWriter.make { $0.payload(21, []) }
    #expect(read(call(5, [1]) + describe).token == nil)
    #expect(read(describe + call(5, [1])).token == [1])
    #expect(read(call(5, [1]) + call(6, [2])) == (6, [2]))
  }

  @Test("no truncation and no changed byte reads outside, and a part of a message shows no token")
  func F77_anyBytes() {
    let payload = call(300, [UInt8](1...40))
    for length in 0..<payload.count { #expect(read(Array(payload[..<length])).token == nil) }
    var dice = Dice(77)
    for _ in 0..<20_000 {
      var bytes = payload
      for _ in 0...dice.below(3) { bytes[dice.below(bytes.count)] = UInt8(dice.below(256)) }
      if let token = read(bytes).token { #expect(token.count <= bytes.count) }
    }
  }
}
