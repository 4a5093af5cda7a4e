import EventLoop
import Glibc
import Testing

/// A delegate that keeps what it is told and lets a test act inside every callback.
final class Recorder: ConnectionDelegate {
  var received: [UInt8] = []
  var ends = 0
  var drains = 0
  var closes: [LoopError?] = []
  var callsAfterClose = 0
  var onRead: ((Connection, UnsafeRawBufferPointer) -> Void)?
  var onEnd: ((Connection) -> Void)?
  var onDrain: ((Connection) -> Void)?
  var onClose: ((Connection) -> Void)?

  func connection(_ connection: Connection, didRead bytes: UnsafeRawBufferPointer) {
    note()
    received += bytes
    onRead?(connection, bytes)
  }

  func connectionDidReachEnd(_ connection: Connection) {
    note()
    ends += 1
    onEnd?(connection)
  }

  func connectionDidDrain(_ connection: Connection) {
    note()
    drains += 1
    onDrain?(connection)
  }

  func connection(_ connection: Connection, didCloseWith error: LoopError?) {
    note()
    closes.append(error)
    onClose?(connection)
  }

  /// Lets go of what the actions hold, which may be the recorder itself.
  func forgetActions() { (onRead, onEnd, onDrain, onClose) = (nil, nil, nil, nil) }

  private func note() { if !closes.isEmpty { callsAfterClose += 1 } }
}

/// A loop that listens on a free port and gives every connection to a new recorder.
final class TestServer {
  let loop: Loop
  private(set) var listener: Listener?
  private(set) var recorders: [Recorder] = []
  private(set) var connections: [Connection] = []
  private(set) var timedOut = false

  /// `prepare` gets each connection before it reads.
  init(_ prepare: @escaping (Recorder, Connection) -> Void) throws {
    ProcessSignals.ignoreBrokenPipe()
    loop = try Loop()
    listener = try Listener(loop: loop, address: SocketAddress("127.0.0.1:0")) { [unowned self] fd, _ in
      let recorder = Recorder()
      guard let connection = try? Connection(loop: loop, adopting: fd, delegate: recorder) else { return }
      recorders.append(recorder)
      connections.append(connection)
      connection.startReading()
      prepare(recorder, connection)
    }
  }

  var port: UInt16 { listener?.port ?? 0 }

  /// Runs until somebody stops the loop; at most 20 s, which fails the test.
  func run() {
    let limit = LoopTimer(loop: loop) { [unowned self] in
      timedOut = true
      loop.stop()
    }
    limit.start(afterMillis: 20_000)
    loop.run()
    limit.close()
    #expect(!timedOut, "the loop was not stopped within 20 s")
  }

  /// Runs until `condition` holds, looked at every 2 ms.
  func run(until condition: @escaping () -> Bool) {
    let look = LoopTimer(loop: loop) { [unowned self] in if condition() { loop.stop() } }
    look.start(afterMillis: 0, everyMillis: 2)
    run()
    look.close()
  }

  /// Closes everything and checks what must hold for every connection whatever happened.
  func finish() {
    loop.close()
    for recorder in recorders {
      #expect(recorder.closes.count == 1, "a connection closes exactly once")
      #expect(recorder.callsAfterClose == 0, "nothing is said after the last word")
      recorder.forgetActions()
    }
  }
}

extension Connection {
  func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }
}
