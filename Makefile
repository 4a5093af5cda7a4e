# Two commands do all the work on a fresh Debian machine with Swift: `make demo` and `make test`.
#
#   make demo [DATA=folder] [USER_KEY=user]   install what is missing, build, train, serve, rank, show the ranking
#   make test [SANITIZE=address|thread]       install what is missing, build, run all tests
#   make bench                                the serving benchmark: one table, ratios of one run
#   make bench-overload                       goodput, waiting, refusals and memory at 3 and 10 times the saturation
#   make bench-peers                          Apus beside gRPC C++, FastAPI and a bare echo: one table, ratios of one run
#   make bench-live                           lists made beforehand: how fast they are made and answered
#   make bench-reload                         latency beside 100 reloads at 0.8 of saturation, and without
#   make bench-drain                          100 SIGTERMs under load with two servers: calls that failed
#   make bench-training                       training beside the Python libraries: one table, ratios of one run
#   make bench-bandit                         bandit policies on simulated traffic: what each earns and costs
#   make bench-fold                           events that a server folds in a second, and its longest pauses meanwhile
#   make crash-test [KILLS=1000]              kills a server that records 5,000 events/s, counts what is lost or there twice
#   make bench-ack                            how long acknowledgements take at 5,000 events/s
#   make bench-replicas                       two servers and a Redis that freezes: what rankings, memory and agreement do
#   make fuzz [FUZZ_SECONDS=60]               fuzzers of all that reads foreign bytes, so long each; FUZZERS="text log": these
#   make lint                                 format, generated code, C warnings
#   make proto                                regenerate the protobuf-c code
#   make build                                release binaries in .build/release
#   make setup                                Debian packages
#   make clean

PACKAGES := libuv1-dev libprotobuf-c-dev protobuf-c-compiler libxxhash-dev libisal-dev libcsv-dev libhiredis-dev \
	redis-server iptables strace pkg-config make gcc python3 python3-venv util-linux
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
FORMATTED := Package.swift Sources Tests clients Benchmarks

# One scratch folder per sanitizer, so that switching does not rebuild everything.
SANITIZE ?=
SCRATCH := .build$(if $(SANITIZE),-$(SANITIZE))
# All tests are of Swift Testing; the XCTest runner, which leaks a little of its own, is left out.
TEST_FLAGS := --disable-xctest --scratch-path $(SCRATCH) $(if $(SANITIZE),--sanitize=$(SANITIZE))

.PHONY: demo test bench bench-overload bench-peers bench-reload bench-drain bench-live bench-training bench-bandit bench-fold crash-test bench-ack bench-replicas fuzz lint proto build setup clean

demo: build
	@clients/demo.sh "$(DATA)" "$(USER_KEY)"

build: setup
	swift build -c release

test: setup
	$(MAKE) -C clients/c test
	Tests/run.sh $(TEST_FLAGS)

bench: build
	Benchmarks/serving/run.sh

bench-overload: build
	python3 Benchmarks/serving/overload.py

# What the peers are made of; nothing of Apus needs it.
PEERS := libgrpc++-dev protobuf-compiler-grpc libprotobuf-dev g++ wrk
bench-peers:
	$(MAKE) setup PACKAGES="$(PACKAGES) $(PEERS)"
	Benchmarks/serving/peers/run.sh

bench-live: build
	Benchmarks/live/run.sh

bench-reload: build
	python3 Benchmarks/serving/reload.py

bench-drain: build
	python3 Benchmarks/serving/drain.py

bench-training: setup
	Benchmarks/training/run.sh

bench-bandit: setup
	swift build -c release --product bandit-benchmark
	.build/release/bandit-benchmark

bench-fold: setup
	swift build -c release --product fold-benchmark
	.build/release/fold-benchmark

KILLS := 1000
crash-test: build
	python3 Benchmarks/live/crash.py --kills $(KILLS)

bench-ack: build
	python3 Benchmarks/live/crash.py --kills 0 --folder .build

bench-replicas: build
	python3 Benchmarks/live/replicas.py --folder .build

# Coverage and AddressSanitizer in Swift and C alike; a fuzzer that found something ends with exit code 1 and a file.
FUZZ_SECONDS := 60
FUZZERS :=
fuzz: setup
	Tests/Fuzzing/run.sh --seconds $(FUZZ_SECONDS) $(FUZZERS)

lint: setup
	swift format lint --strict --recursive $(FORMATTED)
	proto/generate.sh --check
	$(MAKE) -C clients/c test

proto: setup
	proto/generate.sh

setup:
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "installing" $$missing; \
	  $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
	fi
	@command -v swift > /dev/null || { echo "Swift 6.2 or later is needed: https://www.swift.org/install/linux/" >&2; exit 69; }

clean:
	rm -rf .build .build-* demo
	$(MAKE) -C clients/c clean
