import Ranking
import Wire

/// Answers that are lists of the model's own tweets.
extension Responder {
  /// The tweets nearest to a tweet of the model or, failing that, to a text.
  mutating func similar(_ query: SimilarQuery, _ reply: Reply) -> Outcome {
    let row = query.asksByTextAlone ? ModelSchema.noRow : memory.model.tweets.row(of: query.tweetID)
    guard row != ModelSchema.noRow || !query.text.isEmpty else {
      return refuse(
        reply, ReplyStatus(.notFound, message: "tweet \(query.tweetID) is not in the model and came without text"))
    }
    let answer =
      if row != ModelSchema.noRow {
        memory.similar.nearest(toRow: row, limit: query.limit)
      } else {
        memory.similar.nearest(toText: query.text, limit: query.limit, scratch: memory.scratch)
      }
    clock.end(.score)
    memory.list(answer.rows, texts: query.includesText, names: query.includesNames)
    return memory.withListed { ids, texts, names in
      answer.similarities.withUnsafeBufferPointer { similarities in
        let answer = SimilarAnswer(
          tweetIDs: ids, similarities: similarities, texts: texts, names: names, context: memory.context)
        return encode(.similar(answer), reply)
      }
    }
  }

  /// The best tweets by the asked order; an order of a later version counts as PageRank.
  mutating func top(_ query: TopQuery, _ reply: Reply) -> Outcome {
    let tweets = memory.model.tweets
    let order = TopTweets.Order(rawValue: query.order.rawValue) ?? .pageRank
    let rows = Array(memory.model.top.rows(by: order).prefix(query.limit))
    memory.list(rows, texts: query.includesText, names: query.includesNames)
    memory.listedValues.removeAll(keepingCapacity: true)
    for row in rows {
      memory.listedValues.append(order == .pageRank ? tweets.pageRanks[Int(row)] : tweets.popularity[Int(row)])
    }
    clock.end(.score)
    return memory.withListed { ids, texts, names in
      memory.listedValues.withUnsafeBufferPointer { values in
        encode(
          .top(TopAnswer(tweetIDs: ids, values: values, texts: texts, names: names, context: memory.context)), reply)
      }
    }
  }
}
