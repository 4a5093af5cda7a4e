import Artifact
import Ranking

/// From a path to a model that may be served: read, checked, bound, and its golden requests scored anew.
public enum ModelLoader {
  /// Loads and verifies. Time is linear in the file's size.
  public static func load(path: String) throws(ServerError) -> Model { try loadWithTensors(path: path).model }

  /// The same, for who looks at the file as well as at the model.
  public static func loadWithTensors(path: String) throws(ServerError) -> (tensors: TensorSet, model: Model) {
    let tensors: TensorSet
    do throws(ArtifactError) { tensors = try TensorSet.read(path: path) } catch { throw .modelFile(path: path, error) }
    return (tensors, try model(tensors, path: path))
  }

  /// The same of a file that is open.
  static func load(_ file: ModelFile) throws(ServerError) -> Model {
    let tensors: TensorSet
    do throws(ArtifactError) { tensors = try file.read() } catch { throw .modelFile(path: file.path, error) }
    return try model(tensors, path: file.path)
  }

  private static func model(_ tensors: TensorSet, path: String) throws(ServerError) -> Model {
    do throws(ModelError) {
      let model = try Model(tensors)
      let scratch = RankScratch(model: model, capacity: goldenCandidates, seed: 0)
      try GoldenRequests.verify(model, scratch: scratch)
      return model
    } catch { throw .model(path: path, error) }
  }

  /// Golden requests are small; a file that claims larger ones is refused.
  private static let goldenCandidates = 1_024
}
