// The classic recipe behind gRPC C++, as a team would serve it: the asynchronous API with one completion queue and one
// thread that ranks, the naive kernel, the whole order back. Messages are those of proto/apus/v1/ranking.proto.
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "kernel.h"
#include "ranking.grpc.pb.h"

namespace {

using apus::v1::Ranking;
using apus::v1::RankRequest;
using apus::v1::RankResponse;

struct Worker {
  const peer_model *model;
  Ranking::AsyncService service;
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  std::vector<float> scores;
  std::vector<uint32_t> order;

  void rank(const RankRequest &request, RankResponse *response) {
    const size_t count = static_cast<size_t>(request.tweet_ids_size());
    scores.resize(count);
    order.resize(count);
    peer_score(model, request.user_id(), request.tweet_ids().data(), count, scores.data());
    peer_order(scores.data(), count, order.data());
    response->mutable_tweet_ids()->Resize(static_cast<int>(count), 0);
    response->mutable_scores()->Resize(static_cast<int>(count), 0);
    for (size_t i = 0; i < count; i++) {
      (*response->mutable_tweet_ids())[static_cast<int>(i)] = request.tweet_ids(static_cast<int>(order[i]));
      (*response->mutable_scores())[static_cast<int>(i)] = scores[order[i]];
    }
  }
};

// One call from its arrival to its end; it is its own tag.
class Call {
 public:
  explicit Call(Worker *worker) : worker(worker), responder(&context) {
    worker->service.RequestRank(&context, &request, &responder, worker->queue.get(), worker->queue.get(), this);
  }

  void proceed() {
    if (answered) {
      delete this;
      return;
    }
    new Call(worker);
    worker->rank(request, &response);
    answered = true;
    responder.Finish(response, grpc::Status::OK, this);
  }

 private:
  Worker *worker;
  grpc::ServerContext context;
  RankRequest request;
  RankResponse response;
  grpc::ServerAsyncResponseWriter<RankResponse> responder;
  bool answered = false;
};

}  // namespace

int main(int count, char **arguments) {
  if (count < 3) return 64;
  Worker worker{};
  worker.model = peer_load(arguments[1]);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(std::string("127.0.0.1:") + arguments[2], grpc::InsecureServerCredentials());
  builder.RegisterService(&worker.service);
  worker.queue = builder.AddCompletionQueue();
  const auto server = builder.BuildAndStart();
  if (!server) return 1;
  std::puts("ready");
  std::fflush(stdout);
  for (int i = 0; i < 64; i++) new Call(&worker);
  void *tag;
  bool ok;
  while (worker.queue->Next(&tag, &ok)) {
    if (ok) static_cast<Call *>(tag)->proceed();
  }
}
