import EventLoop
import Wire

/// The server's addresses: accepts, asks the doorkeeper, and deals connections to workers. Belongs to the acceptor's loop.
final class Acceptor {
  /// How often the file of tokens is looked at.
  private static let tokenMillis: UInt64 = 1_000

  private let loop: Loop
  private var listeners: [Listener] = []
  private var tokenWatch: LoopTimer?

  /// Listens at every address of the options; throws, and listens at none, where one cannot be had.
  init(_ options: ServerOptions, loop: Loop, workers: [Worker], doorkeeper: Doorkeeper) throws(LoopError) {
    self.loop = loop
    var settings = Listener.Settings()
    settings.acceptsPerTurn = options.limits.acceptsPerTurn
    // Who may not write to the file cannot connect, and who can is looked at: others only where some are allowed.
    settings.mode = options.allowedUsers.isEmpty ? 0o600 : 0o666
    do throws(LoopError) {
      for text in [options.listenAddress] + options.otherAddresses {
        let address = try SocketAddress(text)
        listeners.append(
          try Listener(
            loop: loop, address: address, settings: settings, onExcess: { doorkeeper.turnAway($0) },
            onAccept: { descriptor, peer in
              if doorkeeper.admits(descriptor, of: peer) { Self.deal(descriptor, of: peer, to: workers) }
            }))
      }
    } catch {
      close()
      throw error
    }
    if let tokens = doorkeeper.tokens { watch(tokens, options.say) }
  }

  /// Where it listens, with the ports that the system chose.
  var addresses: [SocketAddress] { listeners.map(\.address) }

  /// Accepts no more.
  func close() {
    for listener in listeners { listener.close() }
    tokenWatch?.close()
    tokenWatch = nil
  }

  private func watch(_ tokens: TokenFile, _ say: @escaping @Sendable (String) -> Void) {
    tokenWatch = LoopTimer(loop: loop) {
      do throws(TokenError) {
        if let count = try tokens.refresh() { say("read \(count) token\(count == 1 ? "" : "s") again") }
      } catch {
        say("\(error); the tokens read before stay in force")
      }
    }
    tokenWatch?.start(afterMillis: Self.tokenMillis, everyMillis: Self.tokenMillis)
  }

  /// Gives a connection to the worker that has fewest.
  private static func deal(_ descriptor: Int32, of peer: PeerAddress, to workers: [Worker]) {
    let counts = workers.map(\.metrics.openConnections)
    guard let fewest = counts.indices.min(by: { counts[$0] < counts[$1] }) else { return }
    workers[fewest].metrics.countOpened()
    workers[fewest].post(.adopt(fileDescriptor: descriptor, peer: peer))
  }
}
