import Glibc

/// Where a Redis is, and how it is to be greeted: `redis://[user][:password@]host[:port][/database]`, or
/// `unix:///path[?db=database]` with the same user and password before the path.
///
/// Parts are percent-decoded. Never printed with its password.
public struct RedisURL: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// A host and a port, or a socket in the file system.
  public enum Place: Equatable, Sendable {
    /// A name or an IP address without brackets, and a port from 1 to 65535.
    case tcp(host: String, port: UInt16)
    /// An absolute path.
    case unix(path: String)
  }

  /// Where it listens.
  public let place: Place
  /// The ACL user; nil: the default one.
  public let user: String?
  /// The number of the database, 0 where the URL names none.
  public let database: Int32
  let password: String?

  /// The longest path of a socket that the kernel takes, in bytes.
  static let maxPathBytes = 107

  /// Parses `text`; throws ``RedisError/badURL(reason:)``.
  public init(_ text: String) throws(RedisError) {
    guard !text.utf8.contains(0), !text.unicodeScalars.contains(where: { $0.value < 33 || $0.value == 127 }) else {
      throw .badURL(reason: "a space or control character, which has to be written as %20 for instance")
    }
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
      throw .badURL(reason: "the scheme is missing, as in redis://127.0.0.1:6379")
    }
    let rest = text[colon...].dropFirst("://".count)
    guard !rest.contains("#") else {
      throw .badURL(reason: "a '#', which within a password has to be written as %23")
    }
    switch text[..<colon].lowercased() {
    case "redis": self = try Self.tcp(rest)
    case "unix": self = try Self.unix(rest)
    case "rediss":
      throw .badURL(reason: "rediss:// is Redis over TLS, which is not supported: use redis:// on a private network")
    case let scheme: throw .badURL(reason: "the scheme is \"\(scheme)\", neither redis nor unix")
    }
  }

  private init(place: Place, login: (user: String?, password: String?), database: Int32) {
    self.place = place
    user = login.user
    password = login.password
    self.database = database
  }

  private static func tcp(_ rest: Substring) throws(RedisError) -> RedisURL {
    guard !rest.contains("?") else { throw .badURL(reason: "options after '?' are not understood") }
    let (login, remainder) = try splitLogin(rest)
    let slash = remainder.firstIndex(of: "/") ?? remainder.endIndex
    let (host, port) = try hostAndPort(remainder[..<slash])
    let number = try database(remainder[slash...].dropFirst())
    return RedisURL(place: .tcp(host: host, port: port), login: login, database: number)
  }

  private static func unix(_ rest: Substring) throws(RedisError) -> RedisURL {
    let mark = rest.firstIndex(of: "?") ?? rest.endIndex
    let options = rest[mark...].dropFirst()
    guard options.isEmpty || options.hasPrefix("db=") else {
      throw .badURL(reason: "options other than ?db=number are not understood")
    }
    let (login, remainder) = try splitLogin(rest[..<mark])
    let path = try decoded(remainder, part: "path")
    guard path.hasPrefix("/") else {
      throw .badURL(reason: "the path of a socket is absolute, as in unix:///run/redis")
    }
    guard path.utf8.count <= maxPathBytes else {
      throw .badURL(reason: "the path of a socket is longer than \(maxPathBytes) bytes")
    }
    return RedisURL(place: .unix(path: path), login: login, database: try database(options.dropFirst("db=".count)))
  }

  /// What stands before the last `@` that precedes a slash, and the rest.
  private static func splitLogin(
    _ text: Substring
  ) throws(RedisError) -> (login: (user: String?, password: String?), rest: Substring) {
    let authority = text[..<(text.firstIndex(of: "/") ?? text.endIndex)]
    guard let at = authority.lastIndex(of: "@") else {
      // A slash within a password would cut it in two, and what follows would be taken for a host and be printed.
      guard !text.contains("@") else {
        throw .badURL(reason: "an '@' after a '/': within a password write '/' as %2F and '@' as %40")
      }
      return ((nil, nil), text)
    }
    let login = authority[..<at]
    let colon = login.firstIndex(of: ":") ?? login.endIndex
    let user = try decoded(login[..<colon], part: "user")
    let password = try decoded(login[colon...].dropFirst(), part: "password")
    guard password.isEmpty == (colon == login.endIndex) else { throw .badURL(reason: "the password is empty") }
    guard user.isEmpty || !password.isEmpty else {
      throw .badURL(reason: "a user without a password; a password alone is written :password@host")
    }
    return ((user.isEmpty ? nil : user, password.isEmpty ? nil : password), text[at...].dropFirst())
  }

  private static func hostAndPort(_ text: Substring) throws(RedisError) -> (String, UInt16) {
    var host = text
    var digits: Substring?
    if text.hasPrefix("[") {
      guard let close = text.firstIndex(of: "]") else { throw .badURL(reason: "a '[' without its ']'") }
      host = text[..<close].dropFirst()
      let after = text[close...].dropFirst()
      guard after.isEmpty || after.hasPrefix(":") else { throw .badURL(reason: "something else than a port after ']'") }
      digits = after.isEmpty ? nil : after.dropFirst()
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      digits = text[colon...].dropFirst()
    }
    let name = try decoded(host, part: "host")
    guard !name.isEmpty else { throw .badURL(reason: "the host is missing, as in redis://127.0.0.1:6379") }
    guard let digits else { return (name, 6379) }
    guard isNumber(digits), let port = UInt16(digits), port > 0 else {
      throw .badURL(reason: "the port is not a number from 1 to 65535")
    }
    return (name, port)
  }

  private static func database(_ digits: Substring) throws(RedisError) -> Int32 {
    if digits.isEmpty { return 0 }
    guard isNumber(digits), let number = Int32(digits) else {
      throw .badURL(reason: "\"\(digits)\" is not the number of a database")
    }
    return number
  }

  private static func isNumber(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
  }

  private static func decoded(_ text: Substring, part: String) throws(RedisError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst(), let low = rest.popFirst(), let pair = hex(high, low), pair != 0 else {
        throw .badURL(reason: "a '%' in the \(part) that is not followed by two hexadecimal digits of a byte but 00")
      }
      bytes.append(pair)
    }
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw .badURL(reason: "the \(part) is not UTF-8")
    }
    return string
  }

  private static func hex(_ high: UInt8, _ low: UInt8) -> UInt8? {
    guard let high = Character(UnicodeScalar(high)).hexDigitValue, let low = Character(UnicodeScalar(low)).hexDigitValue
    else { return nil }
    return UInt8(high << 4 | low)
  }

  /// The place and the database, with stars instead of a password; for people, not to be parsed again.
  public var description: String {
    let login = (user ?? "") + (password == nil ? "" : ":***@")
    switch place {
    case .tcp(let host, let port):
      return "redis://\(login)\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
    case .unix(let path): return "unix://\(login)\(path)?db=\(database)"
    }
  }

  /// As ``description``: without the password.
  public var debugDescription: String { description }

  /// Nothing to look into: a mirror would show the password.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
