// A closed loop of Rank calls over gRPC, asynchronous, one thread.
//
//   grpc_client MODEL PORT CONNECTIONS IN_FLIGHT CANDIDATES SECONDS
//
// Prints what frames_client does.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "kernel.h"
#include "ranking.grpc.pb.h"

namespace {

using apus::v1::Ranking;
using apus::v1::RankRequest;
using apus::v1::RankResponse;
using Clock = std::chrono::steady_clock;

struct Call {
  std::unique_ptr<grpc::ClientContext> context;
  RankResponse response;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<RankResponse>> reader;
  Clock::time_point sent;
  Ranking::Stub *stub;

  void send(const RankRequest &request, grpc::CompletionQueue *queue) {
    context = std::make_unique<grpc::ClientContext>();
    response.Clear();
    sent = Clock::now();
    reader = stub->AsyncRank(context.get(), request, queue);
    reader->Finish(&response, &status, this);
  }
};

}  // namespace

int main(int count, char **arguments) {
  if (count < 7) return 64;
  const peer_model *model = peer_load(arguments[1]);
  const int connections = std::atoi(arguments[3]), in_flight = std::atoi(arguments[4]);
  const int candidates = std::atoi(arguments[5]);
  const double seconds = std::atof(arguments[6]);
  uint64_t seed = 42;
  std::vector<RankRequest> requests(1024);
  for (auto &request : requests) {
    request.set_user_id(peer_user(model, &seed));
    for (int i = 0; i < candidates; i++) request.add_tweet_ids(peer_tweet(model, &seed));
  }
  grpc::CompletionQueue queue;
  std::vector<std::unique_ptr<Ranking::Stub>> stubs;
  std::vector<Call> calls(static_cast<size_t>(connections * in_flight));
  for (int i = 0; i < connections; i++) {
    grpc::ChannelArguments own;
    own.SetInt("connection", i);  // otherwise channels of one target share a connection
    stubs.push_back(Ranking::NewStub(grpc::CreateCustomChannel(
      std::string("127.0.0.1:") + arguments[2], grpc::InsecureChannelCredentials(), own)));
  }
  size_t next = 0;
  for (size_t i = 0; i < calls.size(); i++) {
    calls[i].stub = stubs[i % stubs.size()].get();
    calls[i].send(requests[next++ % requests.size()], &queue);
  }
  const auto warm = Clock::now() + std::chrono::seconds(1);
  const auto end = warm + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::vector<float> times;
  size_t failures = 0;
  auto now = Clock::now();
  void *tag;
  bool ok;
  while (now < end && queue.Next(&tag, &ok)) {
    auto *call = static_cast<Call *>(tag);
    now = Clock::now();
    if (!call->status.ok()) failures++;
    if (now >= warm) times.push_back(std::chrono::duration<float, std::micro>(now - call->sent).count());
    call->send(requests[next++ % requests.size()], &queue);
  }
  if (times.empty()) return 1;
  std::sort(times.begin(), times.end());
  std::printf("%.0f %.1f %.1f %.1f %zu\n",
    static_cast<double>(times.size()) / std::chrono::duration<double>(now - warm).count(), times[times.size() / 2],
    times[times.size() * 99 / 100], times[times.size() * 999 / 1000], failures);
  std::fflush(stdout);
  std::_Exit(0);  // calls in flight would be waited for
}
