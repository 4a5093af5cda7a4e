/// Protocols that are told from their first bytes, so that whoever dialled the wrong port learns it.
///
/// Read as a length, the first four bytes of nearly all of them are over any frame limit. A few
/// (PostgreSQL, SMB, Kafka, ZooKeeper, Thrift) also begin with a length; they are told from the bytes after it.
public enum ForeignProtocol: String, CaseIterable, Sendable {
  case http1 = "HTTP/1"
  case http2 = "HTTP/2"
  case tls = "TLS"
  case ssh = "SSH"
  case redis = "Redis"
  case amqp = "AMQP"
  case mqtt = "MQTT"
  case proxy = "the PROXY protocol"
  case socks = "SOCKS"
  case remoteDesktop = "RDP"
  case bitTorrent = "BitTorrent"
  case ldap = "LDAP"
  case cassandra = "Cassandra"
  case sunRPC = "Sun RPC"
  case postgreSQL = "PostgreSQL"
  case smb = "SMB"
  case kafka = "Kafka"
  case zooKeeper = "ZooKeeper"
  case thrift = "Thrift"
  case text = "a text protocol"

  /// The protocol whose connections begin with this, or nil.
  ///
  /// - Parameter header: the first four bytes, most significant first.
  static func ofHeader(_ header: UInt32) -> ForeignProtocol? {
    if let known = byFirstFour[header] { return known }
    switch (header >> 24, (header >> 16) & 0xFF) {
    case (0x16, 0x03): return .tls
    case (0x10, _) where (header >> 8) & 0xFF == 0: return .mqtt
    case (0x04, 0x01), (0x05, 1...16): return .socks
    case (0x03, 0x00): return .remoteDesktop
    case (0x03...0x05, 0x00): return .cassandra
    case (0x30, _): return header & 0xFF == 0x01 ? .ldap : isText(header) ? .text : nil
    case (0x80, 0x00): return .sunRPC
    case (0x2A, _) where isText(header): return .redis
    default: return isText(header) ? .text : nil
    }
  }

  /// The protocol whose first message is a length within the limit and then this, or nil.
  ///
  /// None of these begins a Call: its first byte is a tag with a field number from 1 and a wire type of 0, 1, 2 or 5.
  ///
  /// - Parameter start: the first four bytes after the length, most significant first.
  static func ofPayload(_ start: UInt32) -> ForeignProtocol? {
    switch start {
    case 0x0003_0000, 0x04D2_162F, 0x04D2_1630: .postgreSQL
    case 0xFF53_4D42, 0xFE53_4D42: .smb
    case 0x0012_0000...0x0012_0010: .kafka
    case 0x0000_0000: .zooKeeper
    case 0x8001_0001: .thrift
    default: nil
    }
  }

  private static func isText(_ header: UInt32) -> Bool {
    withUnsafeBytes(of: header) { bytes in
      bytes.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0D || $0 == 0x0A || $0 == 0x09 }
    }
  }

  private static let byFirstFour: [UInt32: ForeignProtocol] = [
    code("GET "): .http1, code("POST"): .http1, code("PUT "): .http1, code("HEAD"): .http1, code("DELE"): .http1,
    code("OPTI"): .http1, code("PATC"): .http1, code("CONN"): .http1, code("TRAC"): .http1, code("PRI "): .http2,
    code("SSH-"): .ssh, code("AMQP"): .amqp, code("PROX"): .proxy, 0x0D0A_0D0A: .proxy, 0x1342_6974: .bitTorrent,
  ]

  private static func code(_ text: StaticString) -> UInt32 {
    text.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt32($1) } }
  }
}
