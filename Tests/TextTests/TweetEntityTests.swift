import Testing

@testable import Text

/// Entities as `kind text`, for reading.
func entities(_ text: String) -> [String] {
  let bytes = Array(text.utf8)
  return bytes.withUnsafeBytes { raw in
    TweetEntities(of: raw).map { "\($0.kind) \(String(decoding: bytes[$0.range], as: UTF8.self))" }
  }
}

/// The names that ``TweetEntities/forEach(in:_:)`` gives.
func names(_ text: String) -> [String] {
  var names: [String] = []
  Array(text.utf8).withUnsafeBytes { raw in
    TweetEntities.forEach(in: raw) { names.append(String(decoding: $1, as: UTF8.self)) }
  }
  return names
}

@Suite("Entities of a tweet")
struct TweetEntityTests {
  @Test(
    "a hashtag has a letter, follows no word and no ampersand, and goes as far as letters, marks, digits and joiners",
    arguments: [
      ("see #Kestrel, #owl7. #7owls!", ["hashtag #Kestrel", "hashtag #owl7", "hashtag #7owls"]),
      ("＃鳥 (#swift) “#wren” –#rook", ["hashtag ＃鳥", "hashtag #swift", "hashtag #wren", "hashtag #rook"]),
      ("#2016 #_ #1_9 # owl", []), ("owl#wren 鳥#wren 7#wren _#wren &#wren;", []),
      ("#नमस्ते #l·l #תל־אביב #می‌خواهم", ["hashtag #नमस्ते", "hashtag #l·l", "hashtag #תל־אביב", "hashtag #می‌خواهم"]),
      ("#wren#rook #wren＃rook #http://a.com", []), ("##wren", ["hashtag #wren"]),
      ("#️⃣owl ☀️#sun", ["hashtag #sun"]), ("#no² #Ⅳ #٤ب", ["hashtag #no", "hashtag #٤ب"]),
    ])
  func hashtags(text: String, expected: [String]) {
    #expect(entities(text) == expected)
  }

  @Test(
    "a mention follows no word and no other sign but RT, has up to 20 characters, and perhaps a list",
    arguments: [
      ("@wren and .@Rook_7, (＠owl)", ["mention @wren", "mention @Rook_7", "mention ＠owl"]),
      ("鳥@wrenが", ["mention @wren"]), ("RT@wren rt@owl xrt@no -RT@no", ["mention @wren", "mention @owl"]),
      ("me@wren !@wren #@wren $@wren %@wren &@wren *@wren @@wren", []), ("@wren@rook.org @éa @á @http://a.com", []),
      ("@wren/birds-of_7 @wren/7birds", ["mention @wren/birds-of_7", "mention @wren"]),
      ("@abcdefghijklmnopqrstuvwxyz", ["mention @abcdefghijklmnopqrst"]), ("@ @. @-", []),
    ])
  func mentions(text: String, expected: [String]) {
    #expect(entities(text) == expected)
  }

  @Test(
    "a cashtag begins the text or follows a space, and has one to six letters and perhaps a class",
    arguments: [
      ("$BIRD, $wing.b $FLY_AB. $OWL:", ["cashtag $BIRD", "cashtag $wing.b", "cashtag $FLY_AB", "cashtag $OWL"]),
      ("$BIRD. $BIRD_ $BIRD.ABC", ["cashtag $BIRD", "cashtag $BIRD", "cashtag $BIRD"]),
      ("$12 $B2B $TOOLONGER $ $鳥 $É x$BIRD ($BIRD", []), ("$WREN$ROOK\u{3000}$OWL", ["cashtag $WREN", "cashtag $OWL"]),
    ])
  func cashtags(text: String, expected: [String]) {
    #expect(entities(text) == expected)
  }

  @Test(
    "a URL with a scheme may have any top-level domain, and ends with what may end it",
    arguments: [
      ("http://birds.org https://BIRDS.example", ["url http://birds.org", "url https://BIRDS.example"]),
      ("(http://birds.org/a_(b)) http://birds.org/a(b", ["url http://birds.org/a_(b)", "url http://birds.org/a"]),
      ("http://birds.org/wing,;. http://birds.org/...", ["url http://birds.org/wing", "url http://birds.org/"]),
      ("http://birds.org:8080/x?y=1&z=! http://b.de?", ["url http://birds.org:8080/x?y=1&z=", "url http://b.de"]),
      (
        "http://birds.org/#wren http://birds.org/@wren/", ["url http://birds.org/#wren", "url http://birds.org/@wren/"]
      ),
      (
        "http://鳥.みんな/x http://❤.ws http://xn--0ca.XN--P1AI",
        ["url http://鳥.みんな/x", "url http://❤.ws", "url http://xn--0ca.XN--P1AI"]
      ),
      ("http://birds http://b.c http://-b.org http://b_.org http://a_b.org http://b.org@x http://b..org", []),
      ("http://a_b.c-d.org http://birds.org-and", ["url http://a_b.c-d.org", "url http://birds.org"]),
      ("http://birds.org.次 http://birds.orgの", ["url http://birds.org", "url http://birds.org"]),
      ("xhttp://birds.org @http://birds.org $https://birds.org #http://birds.org", ["cashtag $https"]),
      ("http:// http:/a.org", []),
    ])
  func urlsWithScheme(text: String, expected: [String]) {
    #expect(entities(text) == expected)
  }

  @Test(
    "without a scheme the top-level domain must be known, and a bare label and country's code is a missing space",
    arguments: [
      ("birds.org, WWW.birds.co.uk! été.com", ["url birds.org", "url WWW.birds.co.uk", "url été.com"]),
      ("the nest.It is. see it.so it.so/x bird.tv", ["url it.so/x", "url bird.tv"]),
      ("tar.bz2 wren.example end.Today", []),
      ("a@birds.org @birds.org #birds.org $birds.org", ["mention @birds", "hashtag #birds", "cashtag $birds"]),
      ("-birds.org _birds.org .birds.org /birds.org", []), ("鳥birds.org/巣", ["url birds.org/"]),
      ("birds.org.zz birds.organ birds.org@x.net", ["url birds.org"]),
      ("birds.org:80/a birds.net?a=b", ["url birds.org:80/a", "url birds.net?a=b"]),
    ])
  func urlsWithoutScheme(text: String, expected: [String]) {
    #expect(entities(text) == expected)
  }

  @Test("a link of t.co ends with its identifier, of forty characters at most")
  func shortLinks() {
    #expect(
      entities("https://t.co/Ab1's http://T.CO/x#y t.co/z-") == [
        "url https://t.co/Ab1", "url http://T.CO/x", "url t.co/z",
      ])
    let longest = String(repeating: "a", count: 40)
    #expect(entities("http://t.co/\(longest) http://t.co/\(longest)a") == ["url http://t.co/\(longest)"])
  }

  @Test("where two could be, the one that begins first is")
  func overlaps() {
    #expect(entities("#birds/wren.org @a/b.org") == ["hashtag #birds", "mention @a/b"])
    #expect(entities("http://a.org/$B #鳥t.co/x") == ["url http://a.org/$B", "hashtag #鳥t"])
  }

  @Test("names are in lower case, without sign, list, scheme and path")
  func lowercaseNames() {
    #expect(
      names("#ΟΔΟΣ #ΣΊΣΥΦΟΣ.α #İş ＃ＢＩＲＤ @Wren/List $BRK.B HTTPS://WWW.Birds.ORG:80/X")
        == ["οδος", "σίσυφος", "i̇ş", "ｂｉｒｄ", "wren", "brk.b", "www.birds.org"])
  }
}
