import ArgumentParser
import Foundation
import Text

/// How `apus train` and `apus evaluate` make terms of texts: parameters of scikit-learn's TfidfVectorizer, and the
/// tokens.
struct TextArguments: ParsableArguments {
  @Option(help: "Terms of the TF-IDF vocabulary (default: 50000, classic 5000).")
  var vocabulary: Int?

  @Option(
    help: ArgumentHelp(
      "What terms are made of: words, or tweet: hashtags, mentions, cashtags and hosts of URLs whole, and words."
        + " (default: words)"))
  var tokens: TermTokens?

  @Option(
    help: ArgumentHelp(
      "Leave out terms in fewer tweets; a count, or a share such as 0.001 (default: 2, classic 1).", valueName: "n"))
  var minDf: DocumentFrequency?

  @Option(help: ArgumentHelp("Leave out terms in more tweets; a count, or a share such as 0.5.", valueName: "n"))
  var maxDf = DocumentFrequency.fraction(1)

  @Option(help: ArgumentHelp("Lengths of the word sequences that are terms: 1, or 1-2 for pairs too.", valueName: "n"))
  var ngrams = "1"

  @Flag(inversion: .prefixedNo, help: "Count a term that occurs n times in a tweet as 1 + ln n (default: only ranker).")
  var sublinearTf: Bool?

  @Option(help: ArgumentHelp("Words to leave out: english, or a file with one word a line.", valueName: "file"))
  var stopWords: String?

  /// The options they make of a recipe's.
  func options(_ recipe: TfidfOptions) throws -> TfidfOptions {
    var options = recipe
    if let vocabulary { options.maxFeatures = vocabulary }
    if let tokens { options.tokens = tokens }
    if let minDf { options.minDocumentFrequency = minDf }
    options.maxDocumentFrequency = maxDf
    guard let lengths = TfidfOptions.ngrams(ngrams) else {
      throw Failure.usage.exit("--ngrams \(ngrams): must be a length such as 2, or two such as 1-2")
    }
    options.ngrams = lengths
    if let sublinearTf { options.isSublinear = sublinearTf }
    if let stopWords { options.stopWords = stopWords == "english" ? .english : .words(try Self.lines(of: stopWords)) }
    return options
  }

  private static func lines(of path: String) throws -> [String] {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw Failure.noInput.exit("\(path): cannot be read as UTF-8 text")
    }
    let lines = text.split(whereSeparator: \.isNewline)
    return lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}

extension TermTokens: ExpressibleByArgument {}

extension DocumentFrequency: ExpressibleByArgument {
  /// `3` or `0.01`.
  public init?(argument: String) { self.init(argument) }
}
