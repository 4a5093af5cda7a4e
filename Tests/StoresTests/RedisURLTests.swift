import Testing

@testable import Stores

@Suite struct RedisURLTests {
  struct Case: Sendable {
    let text: String
    let place: RedisURL.Place
    var user: String?
    var password: String?
    var database: Int32 = 0
  }

  static let good: [Case] = [
    .init(text: "redis://localhost", place: .tcp(host: "localhost", port: 6379)),
    .init(text: "redis://h/", place: .tcp(host: "h", port: 6379)),
    .init(text: "REDIS://10.0.0.1:7000/3", place: .tcp(host: "10.0.0.1", port: 7000), database: 3),
    .init(text: "redis://[::1]:7000", place: .tcp(host: "::1", port: 7000)),
    .init(text: "redis://[fe80::1]/1", place: .tcp(host: "fe80::1", port: 6379), database: 1),
    .init(text: "redis://:secret@h:1", place: .tcp(host: "h", port: 1), password: "secret"),
    .init(
      text: "redis://ann:s%3Ae%2Fc%40%25%20t@h", place: .tcp(host: "h", port: 6379), user: "ann", password: "s:e/c@% t"),
    .init(text: "redis://a%40b:c@d@h", place: .tcp(host: "h", port: 6379), user: "a@b", password: "c@d"),
    .init(text: "redis://:%C3%A4@h", place: .tcp(host: "h", port: 6379), password: "ä"),
    .init(text: "unix:///run/redis.sock", place: .unix(path: "/run/redis.sock")),
    .init(text: "unix://:p@/run/a%20b?db=2", place: .unix(path: "/run/a b"), password: "p", database: 2),
    .init(text: "unix://u:p@/s", place: .unix(path: "/s"), user: "u", password: "p"),
  ]

  @Test("URLs are taken apart", arguments: good)
  func parses(_ example: Case) throws {
    let url = try RedisURL(example.text)
    #expect(url.place == example.place)
    #expect(url.user == example.user)
    #expect(url.password == example.password)
    #expect(url.database == example.database)
  }

  static let bad = [
    ("", "scheme"), ("localhost:6379", "scheme"), ("http://h", "\"http\""), ("rediss://:secret@h", "TLS"),
    ("redis://", "host"), ("redis://:secret@", "host"), ("redis://:secret@:6379", "host"), ("redis://h:0", "port"),
    ("redis://h:65536", "port"), ("redis://h:+1", "port"), ("redis://h:", "port"), ("redis://h/x", "database"),
    ("redis://h/1/2", "database"), ("redis://h/-1", "database"), ("redis://h/99999999999", "database"),
    ("redis://h?ssl=1", "options"), ("redis://h#f", "%23"), ("redis://:sec#ret@h", "%23"),
    ("redis://:secret%@h", "hexadecimal"),
    ("redis://:secret%0g@h", "hexadecimal"), ("redis://:secret%00@h", "00"), ("redis://:secret%FF@h", "UTF-8"),
    ("redis://:sec/ret@h", "%2F"), ("redis://ann@h", "password"), ("redis://:@h", "empty"), ("redis:// h", "space"),
    ("redis://h\r\nAUTH", "control"), ("redis://[::1", "']'"), ("redis://[::1]x", "port"),
    ("unix://relative", "absolute"),
    ("unix:///s?x=1", "db="), ("unix:///" + String(repeating: "a", count: 107), "107"),
    ("redis://:se\u{0}cret@h", "control"),
  ]

  @Test("What is no URL is refused with the reason, and without the password", arguments: bad)
  func refuses(_ text: String, _ reason: String) {
    do throws(RedisError) {
      let url = try RedisURL(text)
      Issue.record("\(text) became \(url)")
    } catch {
      #expect(error.description.contains(reason), "\(error)")
      #expect(!error.description.contains("sec"), "\(error)")
    }
  }

  @Test("No way of printing shows the password")
  func printsNoPassword() throws {
    for text in ["redis://ann:hush@[::1]:7/2", "unix://:hush@/run/r?db=2"] {
      let url = try RedisURL(text)
      var dumped = ""
      dump(url, to: &dumped)
      for printed in ["\(url)", String(reflecting: url), dumped, "\([url])", "\(Optional(url) as Any)"] {
        #expect(!printed.contains("hush"), "\(printed)")
      }
    }
    #expect(try "\(RedisURL("redis://ann:hush@[::1]:7/2"))" == "redis://ann:***@[::1]:7/2")
    #expect(try "\(RedisURL("unix:///run/r"))" == "unix:///run/r?db=0")
  }
}
