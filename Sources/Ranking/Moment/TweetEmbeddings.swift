import Artifact
import Kernels

/// Dense embeddings of tweets, made by any encoder: rows of which only the direction counts.
package struct TweetEmbeddings: @unchecked Sendable {
  /// Widest rows.
  package static let widthLimit = 4_096

  /// Elements of a row; positive.
  package let width: Int
  /// [T, width] steps (``Kernels/Quantized``); a row of zeros has no embedding. The memory is somebody else's.
  private let steps: UnsafeBufferPointer<Int8>
  /// [T] one over the length of each row; 0 where there is no embedding.
  private let inverseLengths: [Float]

  /// Rows in memory that outlives this; `steps.count` is a multiple of `width`. O(steps).
  package init(width: Int, steps: UnsafeBufferPointer<Int8>) {
    self.width = width
    self.steps = steps
    inverseLengths = LongWork.map(steps.count / width, rows: LongWork.heavyRows) { row in
      var square = 0
      for index in row * width..<(row + 1) * width { square += Int(steps[index]) * Int(steps[index]) }
      return square == 0 ? 0 : 1 / Float(square).squareRoot()
    }
  }

  /// Reads `tweets.embedding`, which a model may lack.
  init?(from reader: ColumnReader, tensors: TensorSet, tweets: Int) throws(ModelError) {
    guard let tensor = tensors.tensor(MomentSchema.tweetEmbedding) else { return nil }
    let steps = try reader.column(MomentSchema.tweetEmbedding, of: Int8.self, shape: [tweets, nil])
    guard (1...Self.widthLimit).contains(tensor.shape[1]) else {
      throw .badValue(
        tensor: MomentSchema.tweetEmbedding, row: 0, value: "width \(tensor.shape[1])",
        expected: "1 to \(Self.widthLimit)")
    }
    self.init(width: tensor.shape[1], steps: steps)
  }

  /// Adds weight · (row of length 1) to `sums` [width].
  func add(_ tweet: UInt32, times weight: Float, to sums: UnsafeMutablePointer<Float>) {
    guard let start = steps.baseAddress, inverseLengths[Int(tweet)] > 0 else { return }
    Quantized.axpy(weight * inverseLengths[Int(tweet)], start + Int(tweet) * width, sums, count: width)
  }

  /// Product of a row of length 1 and `vector` [width]; NaN without an embedding.
  func product(_ tweet: UInt32, with vector: UnsafePointer<Float>) -> Float {
    guard let start = steps.baseAddress, inverseLengths[Int(tweet)] > 0 else { return .nan }
    return inverseLengths[Int(tweet)] * Quantized.dot(start + Int(tweet) * width, vector, count: width)
  }
}
