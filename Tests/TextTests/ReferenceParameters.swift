import ParitySupport

@testable import Text

/// The parameters of one `TfidfVectorizer` as `tfidf/meta.json` has them, by scikit-learn's names.
struct ReferenceParameters: Decodable {
  private enum Key: String, CodingKey {
    case max_features, min_df, max_df, stop_words, ngram_range, sublinear_tf, smooth_idf, norm
  }

  private var own = TfidfOptions()

  /// scikit-learn's defaults.
  private init() {}

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    own.maxFeatures = try values.decodeIfPresent(Int.self, forKey: .max_features)
    if let bound = try values.decodeIfPresent(Double.self, forKey: .min_df) {
      own.minDocumentFrequency = Self.bound(bound)
    }
    if let bound = try values.decodeIfPresent(Double.self, forKey: .max_df) {
      own.maxDocumentFrequency = Self.bound(bound)
    }
    if values.contains(.stop_words) {
      let list = try? values.decode([String].self, forKey: .stop_words)
      own.stopWords = list.map { .words($0) } ?? .english
    }
    if let range = try values.decodeIfPresent([Int].self, forKey: .ngram_range) { own.ngrams = range[0]...range[1] }
    own.isSublinear = try values.decodeIfPresent(Bool.self, forKey: .sublinear_tf) ?? false
    own.isSmooth = try values.decodeIfPresent(Bool.self, forKey: .smooth_idf) ?? true
    if values.contains(.norm) {
      own.norm = try values.decodeIfPresent(String.self, forKey: .norm).flatMap(TfidfNorm.init) ?? .none
    }
  }

  func options() -> TfidfOptions { own }

  private static func bound(_ number: Double) -> DocumentFrequency {
    Int(exactly: number).map { .count($0) } ?? .fraction(number)
  }

  /// The parameters of every corpus and variant in the pack, by name.
  static func variants(in pack: ParityPack) throws -> [(key: String, value: ReferenceParameters)] {
    struct Entry: Decodable { var params: ReferenceParameters? }
    struct Meta: Decodable {
      struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
      }
      var found: [String: ReferenceParameters] = [:]
      init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Name.self)
        for name in values.allKeys {
          // Some keys hold versions; and a corpus without parameters has the defaults.
          guard let entry = try? values.decode(Entry.self, forKey: name) else { continue }
          found[name.stringValue] = entry.params ?? ReferenceParameters()
        }
      }
    }
    return try pack.json("tfidf/meta.json", as: Meta.self).found.sorted { $0.key < $1.key }
  }
}
