import ParitySupport

@testable import Text

/// The parameters of one `TfidfVectorizer` as `tfidf/meta.json` has them, by scikit-learn's names.
struct ReferenceParameters: Decodable {
  private enum Key: String, CodingKey {
    case max_features, min_df, max_df, stop_words, ngram_range, sublinear_tf, smooth_idf, norm
  }

  /// Any key of an object.
  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private var own = TfidfOptions()

  /// scikit-learn's defaults.
  private init() {}

  init(from decoder: any Decoder) throws {
    for name in try decoder.container(keyedBy: Name.self).allKeys where Key(rawValue: name.stringValue) == nil {
      throw Self.unknown(name.stringValue, decoder)
    }
    let values = try decoder.container(keyedBy: Key.self)
    own.maxFeatures = try values.decodeIfPresent(Int.self, forKey: .max_features)
    if let bound = try values.decodeIfPresent(Double.self, forKey: .min_df) {
      own.minDocumentFrequency = Self.bound(bound)
    }
    if let bound = try values.decodeIfPresent(Double.self, forKey: .max_df) {
      own.maxDocumentFrequency = Self.bound(bound)
    }
    if values.contains(.stop_words) {
      do { own.stopWords = .words(try values.decode([String].self, forKey: .stop_words)) } catch {
        let name = try values.decode(String.self, forKey: .stop_words)
        guard name == "english" else { throw Self.unknown(name, decoder) }
        own.stopWords = .english
      }
    }
    if let range = try values.decodeIfPresent([Int].self, forKey: .ngram_range) { own.ngrams = range[0]...range[1] }
    own.isSublinear = try values.decodeIfPresent(Bool.self, forKey: .sublinear_tf) ?? false
    own.isSmooth = try values.decodeIfPresent(Bool.self, forKey: .smooth_idf) ?? true
    if values.contains(.norm) {
      let name = try values.decodeIfPresent(String.self, forKey: .norm) ?? "none"
      guard let norm = TfidfNorm(rawValue: name) else { throw Self.unknown(name, decoder) }
      own.norm = norm
    }
  }

  func options() -> TfidfOptions { own }

  private static func unknown(_ name: String, _ decoder: any Decoder) -> DecodingError {
    .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "what is \(name)?"))
  }

  private static func bound(_ number: Double) -> DocumentFrequency {
    Int(exactly: number).map { .count($0) } ?? .fraction(number)
  }

  /// The names of the corpora and variants that a pack has to have.
  static func names(in pack: ParityPack) -> Set<String> {
    let both: Set = ["a", "a_bigram", "a_l1", "a_mf37", "a_mindf2", "a_nosmooth", "a_stop", "a_sublin", "b"]
    let own: Set = ["a_all", "a_counts", "a_nonorm", "a_words"]
    return both.union(pack.folder == ParityPack.fixtures.folder ? own : ["b_det"])
  }

  /// The parameters of every corpus and variant in the pack, by name.
  static func variants(in pack: ParityPack) throws -> [(key: String, value: ReferenceParameters)] {
    struct Entry: Decodable { var params: ReferenceParameters? }
    struct Meta: Decodable {
      var found: [String: ReferenceParameters] = [:]
      init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Name.self)
        for name in values.allKeys {
          // Versions of programs are strings; and a corpus without parameters has the defaults.
          if (try? values.decode(String.self, forKey: name)) != nil { continue }
          found[name.stringValue] = try values.decode(Entry.self, forKey: name).params ?? ReferenceParameters()
        }
      }
    }
    return try pack.json("tfidf/meta.json", as: Meta.self).found.sorted { $0.key < $1.key }
  }
}
