/// The signals of a score, in the order of the blend's tensors and of an explanation's columns.
///
/// Each is a number per (user, candidate) that does not depend on the other candidates.
public enum Signal: Int, CaseIterable, Sendable {
  /// Biased matrix factorisation: mean + user bias + tweet bias + user factors · tweet factors. Terms of entities
  /// without a row are 0.
  case svd
  /// Cosine of the user's TF-IDF profile and the tweet's TF-IDF vector, in [0, 1]; 0 without either.
  case profile
  /// Mean of what the users most like this one gave the tweet, weighted by their similarity; 0 where none of them has
  /// rated it.
  case userNeighbours
  /// Mean of what the user gave the tweets that this one is most similar to, weighted by similarity; 0 without any.
  case itemNeighbours
  /// ln(PageRank of the tweet / the smallest PageRank of any tweet), ≥ 0; 0 for tweets without a row.
  case tweetPageRank
  /// The same of the tweet's author in the user graph; 0 for unknown authors.
  case authorPageRank
  /// The caller's own score, clamped to ±``callerBound``; 0 where absent or not finite.
  case caller

  /// The name in model files and explanations.
  public var name: String {
    switch self {
    case .svd: "svd"
    case .profile: "profile"
    case .userNeighbours: "user_neighbours"
    case .itemNeighbours: "item_neighbours"
    case .tweetPageRank: "tweet_pagerank"
    case .authorPageRank: "author_pagerank"
    case .caller: "caller"
    }
  }

  /// Caller scores are clamped to [-callerBound, callerBound] so that one service's scale cannot drown the rest.
  public static let callerBound: Float = 10

  /// All names, comma-separated, as ``ModelSchema/Metadata/signals`` holds them.
  public static var joinedNames: String { allCases.map(\.name).joined(separator: ",") }
}
