import EventLoop
import Glibc
import ServerSupport
import Testing

@Suite(.serialized) struct ConnectionEndTests {
  @Test("a reset in the middle of a write ends the connection once, with an error")
  func F11_resetInTheMiddleOfAWrite() throws {
    let server = try TestServer { recorder, connection in
      connection.write(pattern(8 << 20))
      recorder.onClose = { $0.loop.stop() }
    }
    let port = server.port
    let peer = Background {
      let peer = Peer(port: port)
      _ = peer.receive(limit: 100_000)
      peer.reset()
    }
    server.run()
    try peer.join()
    let recorder = server.recorders[0]
    #expect(recorder.closes.count == 1)
    guard case .system(_, let code)? = recorder.closes.first ?? nil else {
      Issue.record("closed without an error")
      return
    }
    #expect([ECONNRESET, EPIPE].contains(code))
    #expect(server.connections[0].queuedWriteBytes == 0)
    server.finish()
  }

  @Test("what a peer never reads is queued here, and an abort frees it")
  func aPeerThatNeverReads() throws {
    let server = try TestServer { recorder, _ in recorder.onClose = { $0.loop.stop() } }
    let port = server.port
    let peer = Peer(port: port, receiveBufferBytes: 4096)
    server.run(until: { server.connections.count == 1 })
    let connection = server.connections[0]
    #expect(connection.queuedWriteBytes == 0 && connection.oldestQueuedWriteMillis == nil)
    var written = 0
    var last = 0
    while connection.queuedWriteBytes < 2 << 20 {
      connection.write(pattern(65_536))
      written += 65_536
      #expect(connection.queuedWriteBytes >= last && connection.queuedWriteBytes <= written)
      last = connection.queuedWriteBytes
      if written > 64 << 20 { break }
    }
    #expect(connection.queuedWriteBytes >= 2 << 20)
    #expect(connection.oldestQueuedWriteMillis != nil)
    connection.abort()
    connection.abort()
    #expect(server.recorders[0].closes.isEmpty, "the last word comes from the loop, not from inside abort()")
    server.run()
    #expect(server.recorders[0].closes == [nil])
    #expect(connection.queuedWriteBytes == 0)
    #expect(peer.receive().errno == ECONNRESET)
    peer.close()
    server.finish()
  }

  @Test("a queue that empties is reported once, and all of it arrived in order")
  func drain() throws {
    let bytes = pattern(6_000_000)
    let server = try TestServer { recorder, connection in
      var start = 0
      while start < bytes.count {
        let part = bytes[start..<min(start + 9_973, bytes.count)]
        connection.write(Array(part))
        start += 9_973
      }
      #expect(connection.queuedWriteBytes > 0)
      recorder.onDrain = {
        #expect($0.queuedWriteBytes == 0)
        $0.closeAfterFlush()
      }
      recorder.onClose = { $0.loop.stop() }
    }
    // Reads only once all has been written, however slow the machine is.
    let peer = Peer(port: server.port)
    server.run(until: { server.connections.count == 1 })
    let received = Background { peer.receive().bytes }
    server.run()
    #expect(try received.join() == bytes)
    peer.close()
    #expect(server.recorders[0].drains == 1)
    server.finish()
  }

  @Test("every method is a no-op after the end", arguments: [0, 1, 2])
  func useAfterTheEnd(_ kind: Int) throws {
    let server = try TestServer { recorder, _ in recorder.onClose = { $0.loop.stop() } }
    let peer = Peer(port: server.port)
    server.run(until: { server.connections.count == 1 })
    let connection = server.connections[0]
    let use = {
      connection.write([1, 2, 3])
      connection.startReading()
      connection.stopReading()
      #expect(!connection.isReading)
      #expect(connection.queuedWriteBytes == 0)
      #expect(connection.oldestQueuedWriteMillis == nil)
      connection.closeAfterFlush()
      connection.abort()
      connection.close()
    }
    switch kind {
    case 0: connection.abort()
    case 1: connection.close()
    default: peer.close()
    }
    if kind < 2 { use() } else { server.recorders[0].onEnd = { $0.close() } }
    server.run()
    use()
    server.finish()
    use()
    #expect(server.recorders[0].closes == [nil])
    if kind < 2 {
      #expect(peer.receive().bytes == [])
      peer.close()
    }
  }

  @Test("a delegate may do anything from inside any callback")
  func actionsInsideCallbacks() throws {
    let big = pattern(4 << 20)
    let actions: [(Connection) -> Void] = [
      { $0.stopReading() }, { $0.closeAfterFlush() }, { $0.abort() }, { $0.close() }, { $0.write(big) },
      {
        $0.write(big)
        $0.closeAfterFlush()
      },
      {
        $0.write(big)
        $0.abort()
      },
      {
        $0.closeAfterFlush()
        $0.abort()
      },
      {
        $0.stopReading()
        $0.startReading()
      },
    ]
    for callback in 0..<4 {
      for action in actions {
        let server = try TestServer { recorder, connection in
          switch callback {
          case 0: recorder.onRead = { connection, _ in action(connection) }
          case 1: recorder.onEnd = action
          case 2:
            connection.write(big)
            recorder.onDrain = { connection in
              recorder.onDrain = nil
              action(connection)
            }
          default:
            recorder.onRead = { connection, _ in connection.abort() }
            recorder.onClose = action
          }
        }
        let port = server.port
        let peer = Background {
          let peer = Peer(port: port)
          peer.send([1, 2, 3])
          peer.endWriting()
          _ = peer.receive(limit: 100_000)
          peer.close()
        }
        // An action that leaves the peer waiting is ended by the close of the loop.
        let deadline = server.loop.nowMillis + 200
        server.run(until: { peer.isDone || server.loop.nowMillis > deadline })
        server.finish()
        try peer.join()
      }
    }
  }

  @Test("1,000 connections come and go")
  func manyConnections() throws {
    let server = try TestServer { recorder, _ in
      recorder.onRead = { $0.write($1) }
      recorder.onEnd = { $0.closeAfterFlush() }
    }
    let port = server.port
    let peer = Background { () -> Int in
      var answered = 0
      for i in 0..<1_000 {
        let peer = Peer(port: port)
        switch i % 3 {
        case 0: peer.close()
        case 1: peer.reset()
        default:
          peer.send([UInt8(i & 255)])
          peer.endWriting()
          if peer.receive().bytes == [UInt8(i & 255)] { answered += 1 }
          peer.close()
        }
      }
      return answered
    }
    server.run(until: { peer.isDone && server.recorders.allSatisfy { !$0.closes.isEmpty } })
    #expect(try peer.join() == 333)
    #expect(server.recorders.count >= 333)
    server.finish()
  }

  @Test("closing the loop tells every delegate, and nothing can be attached any more")
  func closingTheLoop() throws {
    let server = try TestServer { _, connection in connection.write(pattern(8 << 20)) }
    let peers = (0..<20).map { _ in Peer(port: server.port) }
    server.run(until: { server.connections.count == 20 })
    server.finish()
    let loop = server.loop
    #expect(throws: LoopError.loopClosed(operation: "creating a wakeup")) { try Wakeup(loop: loop) {} }
    #expect(throws: LoopError.loopClosed(operation: "adopting a connection")) {
      try Connection(loop: loop, adopting: -1, delegate: Recorder())
    }
    LoopTimer(loop: loop) {}.start(afterMillis: 1)
    loop.close()
    loop.stop()
    for peer in peers { peer.close() }
  }

  @Test("a descriptor that is none is refused")
  func badDescriptor() throws {
    let loop = try Loop()
    for descriptor: Int32 in [-1, 1_000_000] {
      #expect(throws: LoopError.system(operation: "adopting a connection", code: EBADF)) {
        try Connection(loop: loop, adopting: descriptor, delegate: Recorder())
      }
    }
    loop.close()
  }
}
