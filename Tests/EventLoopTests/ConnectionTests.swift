import Dispatch
import EventLoop
import Glibc
import ServerSupport
import Testing

@Suite(.serialized) struct ConnectionTests {
  @Test("1 MiB in chunks of odd sizes comes back byte for byte")
  func echo() throws {
    let server = try TestServer { recorder, _ in
      recorder.onRead = { $0.write($1) }
      recorder.onEnd = { $0.closeAfterFlush() }
      recorder.onClose = { $0.loop.stop() }
    }
    let port = server.port
    let bytes = pattern(1 << 20)
    let peer = Background { () -> [UInt8] in
      let peer = Peer(port: port)
      let sender = Background {
        var start = 0
        var size = 1
        while start < bytes.count {
          peer.send(bytes[start..<min(start + size, bytes.count)])
          start += size
          size = (size * 7 + 1) % 20_011 + 1
        }
        peer.endWriting()
      }
      let answer = peer.receive().bytes
      try sender.join()
      peer.close()
      return answer
    }
    server.run()
    #expect(try peer.join() == bytes)
    #expect(server.recorders[0].received == bytes)
    #expect(server.recorders[0].closes == [nil])
    server.finish()
  }

  @Test("after the peer's end writing stays possible until the connection is closed")
  func F10_halfCloseOfThePeer() throws {
    let answer = pattern(3_000_000)
    let server = try TestServer { recorder, _ in
      recorder.onEnd = { connection in
        let later = LoopTimer(loop: connection.loop) {
          connection.write(answer)
          connection.closeAfterFlush()
        }
        later.start(afterMillis: 20)
        recorder.onClose = { connection in
          later.close()
          connection.loop.stop()
        }
      }
    }
    let port = server.port
    let peer = Background { () -> (bytes: [UInt8], errno: Int32) in
      let peer = Peer(port: port)
      peer.send([1, 2, 3])
      peer.endWriting()
      defer { peer.close() }
      return peer.receive()
    }
    server.run()
    let got = try peer.join()
    #expect(got.bytes == answer && got.errno == 0)
    #expect(server.recorders[0].received == [1, 2, 3])
    #expect(server.recorders[0].ends == 1)
    #expect(server.recorders[0].closes == [nil])
    server.finish()
  }

  @Test("what this side says last arrives, although the peer is still sending")
  func halfCloseOfThisSide() throws {
    let server = try TestServer { recorder, _ in
      recorder.onRead = { connection, _ in
        connection.write([UInt8]("enough".utf8))
        connection.closeAfterFlush()
        connection.write([UInt8]("ignored".utf8))
      }
      recorder.onClose = { $0.loop.stop() }
    }
    let port = server.port
    let peer = Background { () -> (bytes: [UInt8], errno: Int32) in
      let peer = Peer(port: port)
      for _ in 0..<5 {
        peer.send(pattern(20_000))
        usleep(5_000)
      }
      defer { peer.close() }
      return peer.receive()
    }
    server.run()
    let got = try peer.join()
    #expect(got.bytes == [UInt8]("enough".utf8))
    #expect(got.errno == 0, "an orderly end, not a reset")
    #expect(server.recorders[0].closes == [nil])
    server.finish()
  }

  @Test("a peer that neither closes nor stops sending is not waited for")
  func lingerIsBounded() throws {
    for floods in [false, true] {
      let server = try TestServer { recorder, connection in
        connection.closeAfterFlush()
        recorder.onClose = { $0.loop.stop() }
      }
      let port = server.port
      let ended = DispatchSemaphore(value: 0)
      let peer = Background { () -> Int32 in
        let peer = Peer(port: port)
        defer { peer.close() }
        guard floods else {
          let code = peer.receive().errno
          ended.wait()
          return code
        }
        while true {
          let code = peer.send(pattern(65_536))
          if code != 0 { return code }
        }
      }
      let start = Loop.monotonicNanos()
      server.run()
      ended.signal()
      let millis = (Loop.monotonicNanos() - start) / 1_000_000
      #expect(floods || millis >= 400, "a silent peer is given half a second")
      #expect(millis < 10_000)
      #expect(try floods ? [EPIPE, ECONNRESET].contains(peer.join()) : peer.join() == 0)
      server.finish()
    }
  }

  @Test("bytes that are not read wait, and arrive once reading starts again")
  func backpressure() throws {
    let server = try TestServer { recorder, _ in
      recorder.onRead = { connection, _ in
        guard recorder.received.count < 100_000 else { return }
        connection.stopReading()
        #expect(!connection.isReading)
        let size = recorder.received.count
        let check = LoopTimer(loop: connection.loop) {
          #expect(recorder.received.count == size)
          connection.startReading()
        }
        check.start(afterMillis: 3)
      }
      recorder.onEnd = { $0.closeAfterFlush() }
      recorder.onClose = { $0.loop.stop() }
    }
    let port = server.port
    let bytes = pattern(300_000)
    let peer = Background {
      let peer = Peer(port: port)
      peer.send(bytes)
      peer.endWriting()
      _ = peer.receive()
      peer.close()
    }
    server.run()
    try peer.join()
    #expect(server.recorders[0].received == bytes)
    server.finish()
  }
}
