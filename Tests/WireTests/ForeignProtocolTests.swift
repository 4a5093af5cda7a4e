import ServerSupport
import Testing

@testable import Wire

/// What clients of other protocols say first.
private let greetings: [(ForeignProtocol, [UInt8])] = [
  (.http1, Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
  (.http1, Array("POST /rank HTTP/1.1\r\n".utf8)),
  (.http1, Array("HEAD / HTTP/1.0\r\n".utf8)),
  (.http1, Array("PUT /a HTTP/1.1\r\n".utf8)),
  (.http1, Array("DELETE /a HTTP/1.1\r\n".utf8)),
  (.http1, Array("OPTIONS * RTSP/1.0\r\n".utf8)),
  (.http1, Array("PATCH /a HTTP/1.1\r\n".utf8)),
  (.http1, Array("CONNECT a:443 HTTP/1.1\r\n".utf8)),
  (.http2, Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)),
  (.tls, [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]),
  (.ssh, Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)),
  (.redis, Array("*1\r\n$4\r\nPING\r\n".utf8)),
  (.amqp, Array("AMQP\u{0}\u{0}\u{9}\u{1}".utf8)),
  (.mqtt, [0x10, 0x0E, 0x00, 0x04, 0x4D, 0x51, 0x54, 0x54, 0x04, 0x02]),
  (.proxy, Array("PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n".utf8)),
  (.proxy, [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]),
  (.socks, [0x05, 0x02, 0x00, 0x02]),
  (.socks, [0x04, 0x01, 0x00, 0x50, 0x7F, 0x00, 0x00, 0x01, 0x00]),
  (.remoteDesktop, [0x03, 0x00, 0x00, 0x13, 0x0E, 0xE0, 0x00, 0x00]),
  (.bitTorrent, [0x13] + Array("BitTorrent protocol".utf8)),
  (.ldap, [0x30, 0x0C, 0x02, 0x01, 0x01, 0x60, 0x07]),
  (.cassandra, [0x04, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00]),
  (.sunRPC, [0x80, 0x00, 0x00, 0x28, 0x12, 0x34, 0x56, 0x78, 0x00, 0x00, 0x00, 0x00]),
  (.postgreSQL, [0x00, 0x00, 0x00, 0x08, 0x04, 0xD2, 0x16, 0x2F]),
  (.postgreSQL, [0x00, 0x00, 0x00, 0x29, 0x00, 0x03, 0x00, 0x00, 0x75, 0x73, 0x65, 0x72]),
  (.smb, [0x00, 0x00, 0x00, 0x85, 0xFF, 0x53, 0x4D, 0x42, 0x72, 0x00]),
  (.kafka, [0x00, 0x00, 0x00, 0x23, 0x00, 0x12, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01]),
  (.zooKeeper, [0x00, 0x00, 0x00, 0x2D, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00]),
  (.thrift, [0x00, 0x00, 0x00, 0x1C, 0x80, 0x01, 0x00, 0x01, 0x00, 0x00]),
  (.text, Array("EHLO example.org\r\n".utf8)),
  (.text, Array("USER anonymous\r\n".utf8)),
  (.text, Array("version\r\n".utf8)),
  (.text, Array("{\"jsonrpc\":\"2.0\"}".utf8)),
  (.text, Array("0123\r\n".utf8)),
]

@Suite("Other protocols")
struct ForeignProtocolTests {
  func firstError(_ pieces: [[UInt8]]) -> FramingError? {
    var decoder = FrameDecoder(limits: Limits())
    for piece in pieces {
      piece.withUnsafeBytes { decoder.append($0) }
      do throws(FramingError) {
        while try decoder.next() != nil {}
      } catch { return error }
    }
    return nil
  }

  @Test("the first bytes of another protocol are named, in one piece or byte by byte", arguments: greetings)
  func F04_theFirstBytesOfOtherProtocolsAreRefusedByName(other: ForeignProtocol, greeting: [UInt8]) throws {
    let refusal = try #require(firstError([greeting]))
    #expect(refusal == .foreignProtocol(other))
    #expect(refusal.reason == .protocolMismatch)
    #expect(refusal.status.code == .invalidArgument)
    #expect(refusal.description.contains(other.rawValue))
    #expect(firstError(greeting.map { [$0] }) == refusal)
  }

  @Test("the list has at least twenty protocols, and every name in it is met by one of these greetings")
  func F04_theCorpusIsWideEnough() {
    #expect(Set(greetings.map(\.0)) == Set(ForeignProtocol.allCases))
    #expect(ForeignProtocol.allCases.count >= 20)
  }

  @Test("a version byte or a DNS query, which name nothing, are frames that are too large")
  func F04_whatCannotBeNamedIsTooLarge() {
    #expect(firstError([[0x00, 0x1D, 0x12, 0x34, 0x01, 0x00]]) == .frameTooLarge(length: 0x1D_1234, limit: 1 << 20))
    #expect(firstError([[0x01, 0x00, 0x00, 0x00]]) == .frameTooLarge(length: 1 << 24, limit: 1 << 20))
  }

  @Test("only a connection's first bytes are a greeting")
  func F04_laterFramesAreNotClassified() {
    let frame = MessageWriter.frame(Valid.describe)
    #expect(firstError([frame + Array("GET / HTTP/1.1".utf8)])?.reason == .frameTooLarge)
    #expect(firstError([frame + [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F, 0, 0, 0, 0]]) == nil)
  }

  @Test("no valid call is taken for another protocol")
  func callsAreNotForeign() {
    for call in Valid.all {
      #expect(firstError([MessageWriter.frame(call)]) == nil)
    }
    // The id may come last, or a fixed-width unknown field first.
    #expect(firstError([MessageWriter.frame([0x80, 0x01, 0x00, 0x08, 0x05])]) == nil)
  }
}
