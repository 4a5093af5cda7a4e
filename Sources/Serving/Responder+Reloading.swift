import Wire

/// ReloadModel: answered when the loader's thread is done, on whatever turn that is: the budget is for
/// the call to be taken up.
extension Responder {
  /// Hands the request to the loader, whose outcome comes back through the worker's mailbox.
  mutating func reload(
    path: UnsafeRawBufferPointer, isRollback: Bool, _ reply: Reply, _ worker: Worker
  ) -> Outcome {
    guard let reloader = worker.reloader else { return refuse(reply, ReloadError.closing.status) }
    var source = isRollback ? ReloadRequest.Source.previous : .configured
    if !path.isEmpty {
      do throws(ReloadError) {
        source = .file(path: try reloader.allowed(String(decoding: path, as: UTF8.self)))
      } catch {
        return refuse(reply, error.status)
      }
    }
    let call = AwaitedCall(reply)
    reloader.request(ReloadRequest(source: source, isPatient: false)) { result in
      worker.post(.reloaded(ReloadOutcome(call: call, result: result)))
    }
    return .later
  }

  /// Encodes the reply to a ReloadModel call, which has fared one way or the other.
  mutating func encodeReloaded(_ outcome: ReloadOutcome, into session: Session) {
    var header = outcome.call.header
    switch outcome.result {
    case .success(let reloaded):
      header.status = ReplyStatus(.ok, executed: reloaded.modelVersion != reloaded.previousVersion)
      append(
        header,
        .reloaded(modelVersion: reloaded.modelVersion, previousVersion: reloaded.previousVersion), to: session)
    case .failure(let error):
      header.status = error.status
      append(header, .none, to: session)
    }
  }
}
