/// The top-level domains by which a host without a scheme is told: all of two letters, and a few generic ones.
///
/// There are some 1,500 generic ones, and most are words: in "good morning.today" a space is missing and nobody meant a
/// host. So this list keeps to the old ones and to new ones that hardly begin a sentence. It need not grow: tweets hold
/// their links with a scheme, and behind a scheme every domain counts.
enum TopLevelDomains {
  /// Country codes of ISO 3166-1 that are delegated, and `eu`, `uk`, `su`, `ac`, `tp`, `an`.
  private static let countries: StaticString = """
    ac ad ae af ag ai al am an ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by
    bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et eu fi fj fk fm
    fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je
    jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp
    mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa
    re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to
    tp tr tt tv tw tz ua ug uk um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
    """
  private static let generic: StaticString = """
    aero app asia biz blog com coop dev edu gov info int mil mobi museum net onion org tech tel wiki xyz
    """

  /// Codes of all of them, ascending.
  private static let codes: [UInt64] = {
    var codes: [UInt64] = []
    for list in [countries, generic] {
      list.withUTF8Buffer { bytes in
        for name in bytes.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) {
          codes.append(name.reduce(0) { $0 << 8 | UInt64($1) })
        }
      }
    }
    return codes.sorted()
  }()

  /// The letters of a name in one number, lowercased; 0, which is no code, for more than eight bytes.
  static func code(of text: EntityText, _ name: Range<Int>) -> UInt64 {
    guard name.count <= 8 else { return 0 }
    return name.reduce(0) { $0 << 8 | UInt64(text.bytes[$1] | 0x20) }
  }

  static func contains(_ code: UInt64) -> Bool {
    var (low, high) = (0, codes.count)
    while low < high {
      let middle = (low + high) / 2
      if codes[middle] < code { low = middle + 1 } else { high = middle }
    }
    return low < codes.count && codes[low] == code
  }

  /// Whether a code is of two letters, but for `co` and `tv`.
  static func isPlainCountry(_ code: UInt64) -> Bool {
    code > 0xFF && code <= 0xFFFF && code != 0x636F && code != 0x7476
  }
}
