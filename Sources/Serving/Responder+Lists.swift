import Ranking
import Wire

/// Answers that are lists of the model's own tweets.
extension Responder {
  /// The tweets nearest to a tweet of the model or, failing that, to a text.
  mutating func similar(_ query: SimilarQuery, _ reply: Reply) -> Outcome {
    let row = memory.model.tweets.row(of: query.tweetID)
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
    list(answer.rows, includesText: query.includesText)
    return memory.listedIDs.withUnsafeBufferPointer { ids in
      answer.similarities.withUnsafeBufferPointer { similarities in
        memory.listedTexts.withUnsafeBufferPointer { texts in
          encode(
            .similar(
              SimilarAnswer(tweetIDs: ids, similarities: similarities, texts: texts, context: memory.context)),
            reply)
        }
      }
    }
  }

  /// The best tweets by the asked order; an order of a later version counts as PageRank.
  mutating func top(_ query: TopQuery, _ reply: Reply) -> Outcome {
    let tweets = memory.model.tweets
    let order = TopTweets.Order(rawValue: query.order.rawValue) ?? .pageRank
    let rows = Array(memory.model.top.rows(by: order).prefix(query.limit))
    list(rows, includesText: query.includesText)
    memory.listedValues.removeAll(keepingCapacity: true)
    for row in rows {
      memory.listedValues.append(order == .pageRank ? tweets.pageRanks[Int(row)] : tweets.popularity[Int(row)])
    }
    return memory.listedIDs.withUnsafeBufferPointer { ids in
      memory.listedValues.withUnsafeBufferPointer { values in
        memory.listedTexts.withUnsafeBufferPointer { texts in
          encode(.top(TopAnswer(tweetIDs: ids, values: values, texts: texts, context: memory.context)), reply)
        }
      }
    }
  }

  /// Fills the id and text columns for these rows.
  private func list(_ rows: [UInt32], includesText: Bool) {
    memory.listedIDs.removeAll(keepingCapacity: true)
    memory.listedTexts.removeAll(keepingCapacity: true)
    for row in rows {
      memory.listedIDs.append(memory.model.tweets.ids[Int(row)])
      if includesText { memory.listedTexts.append(memory.model.tweets.texts[Int(row)]) }
    }
  }
}
