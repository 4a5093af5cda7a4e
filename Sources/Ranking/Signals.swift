import Artifact
import Kernels

/// Second verb of ranking: the raw value of each ``Signal`` for each candidate.
///
/// A value depends on the user, the candidate and the model only, never on the other candidates.
public enum Signals {
  /// Fills `scratch.values(s)` of every signal. Call after ``Candidates/gather(_:model:scratch:)`` with the same query.
  public static func compute(_ query: RankQuery, model: Model, scratch: RankScratch) {
    caller(query, scratch)
    scratch.skipped = SkippedSignals(query.effort, ofMoment: model.moment != nil)
    if model.moment != nil {
      moment(query, model, scratch)
      return
    }
    let base = factorisation(model, scratch)
    if scratch.skipped.contains(.profile) { skip(.profile, scratch) } else { profile(query, model, scratch) }
    if scratch.skipped.contains(.userNeighbours) {
      skip(.userNeighbours, scratch)
      skip(.itemNeighbours, scratch)
    } else {
      neighbours(model, scratch)
    }
    numbers(query, model, scratch, base: base)
  }

  private static func skip(_ signal: Signal, _ scratch: RankScratch) {
    column(scratch, signal).update(repeating: 0, count: scratch.count)
  }

  private static func column(_ scratch: RankScratch, _ signal: Signal) -> UnsafeMutablePointer<Float> {
    scratch.values(signal.rawValue)
  }

  /// p_u · q_i into the column; returns mean + b_u. A missing row contributes nothing.
  private static func factorisation(_ model: Model, _ scratch: RankScratch) -> Float {
    let values = column(scratch, .svd)
    let count = scratch.count
    let rows = UnsafeBufferPointer(start: scratch.rows, count: count)
    var base = model.mean
    if scratch.userRow != ModelSchema.noRow, !scratch.skipped.contains(.svd) {
      let user = Int(scratch.userRow)
      base += model.users.bias[user]
      if let table = model.tweets.factors.baseAddress, let users = model.users.factors.baseAddress {
        let width = model.users.factorCount
        Gather.dots(table: table, width: width, rows: rows, vector: users + user * width, into: values)
      } else {
        values.update(repeating: 0, count: count)
      }
    } else {
      values.update(repeating: 0, count: count)
    }
    return base
  }

  /// Cosine of two unit vectors: the user's profile, spread out once, and each tweet's few terms.
  private static func profile(_ query: RankQuery, _ model: Model, _ scratch: RankScratch) {
    let values = column(scratch, .profile)
    values.update(repeating: 0, count: scratch.count)
    guard scratch.userRow != ModelSchema.noRow else { return }
    let profiles = model.users.profiles
    let own = Int(profiles.offsets[Int(scratch.userRow)])..<Int(profiles.offsets[Int(scratch.userRow) + 1])
    guard !own.isEmpty else { return }
    let dense = scratch.denseProfile
    for k in own { dense[Int(profiles.terms[k])] = profiles.weights[k] }

    let (vectors, numbers, rows) = (model.tweets.vectors, model.tweets.numbers, scratch.rows)
    if let terms = vectors.terms.baseAddress, let weights = vectors.weights.baseAddress,
      let numbers = numbers.baseAddress
    {
      Gather.sparseDots(count: scratch.count, terms: terms, weights: weights, dense: dense, into: values) { i in
        let row = rows[i]
        guard row != ModelSchema.noRow else { return (0, 0) }
        let own = numbers + Int(row)
        return (Int(truncatingIfNeeded: own.pointee.firstEntry), Int(truncatingIfNeeded: own.pointee.entryCount))
      }
    }
    for i in 0..<(query.newTweets.isEmpty ? 0 : scratch.count)
    where scratch.familiarity[i] == Familiarity.text.rawValue {
      let text = query.newTweets[Int(scratch.sources[i]) - query.tweetIDs.count].text
      values[i] = scratch.vectorizer.vectorize(text) { terms, weights in
        var sum: Float = 0
        for k in terms.indices { sum += weights[k] * dense[Int(terms[k])] }
        return sum
      }
    }
    for k in own { dense[Int(profiles.terms[k])] = 0 }
  }

  /// What the model holds of a tweet in single numbers: its bias, which with `base` completes the factorisation, and
  /// the priors of tweet and author. An unknown tweet has the author that the caller named, if any.
  private static func numbers(_ query: RankQuery, _ model: Model, _ scratch: RankScratch, base: Float) {
    let factorisation = column(scratch, .svd)
    let tweetPriors = column(scratch, .tweetPageRank)
    let authorPriors = column(scratch, .authorPageRank)
    let numbers = model.tweets.numbers
    let rows = scratch.rows
    for i in 0..<scratch.count {
      let row = rows[i]
      if row != ModelSchema.noRow {
        let own = numbers[Int(row)]
        factorisation[i] += base + own.bias
        tweetPriors[i] = own.prior
        authorPriors[i] = own.authorPrior
        continue
      }
      factorisation[i] += base
      tweetPriors[i] = 0
      let author = query.authorID(ofSource: Int(scratch.sources[i]))
      let authorRow = author == 0 ? ModelSchema.noRow : model.users.row(of: author)
      authorPriors[i] = authorRow == ModelSchema.noRow ? 0 : model.users.priors[Int(authorRow)]
    }
  }

  /// The caller's own scores, made finite and bounded.
  private static func caller(_ query: RankQuery, _ scratch: RankScratch) {
    let values = column(scratch, .caller)
    if query.callerScores.isEmpty, query.newTweets.isEmpty {
      return values.update(repeating: 0, count: scratch.count)
    }
    for i in 0..<scratch.count {
      let source = Int(scratch.sources[i])
      let given: Float =
        if source >= query.tweetIDs.count {
          query.newTweets[source - query.tweetIDs.count].callerScore
        } else {
          query.callerScores.isEmpty ? 0 : query.callerScores[source]
        }
      if given.isFinite {
        values[i] = min(max(given, -Signal.callerBound), Signal.callerBound)
      } else {
        values[i] = 0
        scratch.valuesReplaced += 1
      }
    }
  }
}
