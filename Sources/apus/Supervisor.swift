import EventLoop
import Serving

/// Tells systemd, or who else speaks its protocol, what the server is about; that it is alive the server's watch tells.
enum Supervisor {
  @Sendable static func tell(_ state: ServerOptions.Lifecycle) { SystemdNotifier()?.send(words(for: state)) }

  private static func words(for state: ServerOptions.Lifecycle) -> String {
    switch state {
    case .ready: "READY=1"
    case .draining: "STOPPING=1"
    case .reloading:
      // systemd takes a notice of a reload for one that it asked for by the time.
      "RELOADING=1\nMONOTONIC_USEC=\(Loop.monotonicNanos() / 1_000)"
    }
  }
}
