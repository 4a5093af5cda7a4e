import CLibuv
import Glibc

/// Finds the numeric addresses of a host's name, without holding up the loop: libuv asks on a thread of its own.
public final class HostLookup {
  private let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
  private var handler: ((Result<[String], LoopError>) -> Void)?
  private let host: String

  /// Calls the handler once, later, with the addresses of `host`, at least one, best first, in numeric form.
  ///
  /// The system's resolver cannot be interrupted: a loop that is closed meanwhile waits for it.
  public init(loop: Loop, host: String, handler: @escaping (Result<[String], LoopError>) -> Void) throws(LoopError) {
    self.host = host
    self.handler = handler
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    request.initialize(to: uv_getaddrinfo_t())
    guard !loop.isClosing else { throw .loopClosed(operation: "looking up \(host)") }
    // libuv holds this object until it answers.
    request.pointee.data = Unmanaged.passRetained(self).toOpaque()
    let status = uv_getaddrinfo(
      loop.raw, request, { request, status, list in HostLookup.finish(request, status, list) }, host, nil, &hints)
    guard status == 0 else {
      Unmanaged.passUnretained(self).release()
      throw LoopError("looking up \(host)", status: status)
    }
  }

  deinit { request.deallocate() }

  /// Whether the resolver still works on it, told or not.
  public private(set) var isRunning = true

  /// Makes the handler never be called. Idempotent.
  public func cancel() {
    handler = nil
    _ = uv_cancel(UnsafeMutableRawPointer(request).assumingMemoryBound(to: uv_req_t.self))
  }

  /// A host that needs no lookup, in the form that the kernel takes: an IP address, or `localhost`.
  public static func numeric(_ host: String) -> String? {
    if host == "localhost" { return "127.0.0.1" }
    var address = in6_addr()
    let isAddress = inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
    return isAddress ? host : nil
  }

  private static func finish(
    _ request: UnsafeMutablePointer<uv_getaddrinfo_t>?, _ status: Int32, _ list: UnsafeMutablePointer<addrinfo>?
  ) {
    defer { uv_freeaddrinfo(list) }
    guard let owner = request?.pointee.data else { return }
    let lookup = Unmanaged<HostLookup>.fromOpaque(owner).takeRetainedValue()
    lookup.isRunning = false
    let handler = lookup.handler
    lookup.handler = nil
    handler?(lookup.result(status, list))
  }

  private func result(_ status: Int32, _ list: UnsafeMutablePointer<addrinfo>?) -> Result<[String], LoopError> {
    guard status == 0 else { return .failure(.badAddress(text: host, reason: String(cString: uv_strerror(status)))) }
    var names: [String] = []
    var next = list
    while let entry = next?.pointee {
      if let name = Self.numericName(of: entry) { names.append(name) }
      next = entry.ai_next
    }
    return names.isEmpty ? .failure(.badAddress(text: host, reason: "it has no address")) : .success(names)
  }

  private static func numericName(of entry: addrinfo) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { name in
      let status = getnameinfo(
        entry.ai_addr, entry.ai_addrlen, name.baseAddress, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
      guard status == 0, let base = name.baseAddress else { return nil }
      return String(cString: base)
    }
  }
}
