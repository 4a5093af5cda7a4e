# The report of run.sh: one line of input for each number of calls in flight.

NF != 13 || $10 <= 0 {
  print "report.awk: a number is missing: " $0 > "/dev/stderr"
  failed = 1
  exit 1
}

{
  for (i = 1; i <= NF; i++) cell[NR, i] = $i
  naive[NR] = $11
  limit[NR] = $12
  bytes = $13
}

# The middle of three or so numbers.
function median(values, n,    i, j, t, copy) {
  for (i = 1; i <= n; i++) copy[i] = values[i]
  for (i = 1; i <= n; i++)
    for (j = i + 1; j <= n; j++)
      if (copy[j] < copy[i]) { t = copy[i]; copy[i] = copy[j]; copy[j] = t }
  return copy[int((n + 1) / 2)]
}

function print_json(    r, i, names) {
  split("inFlight callsPerSecond p50Micros p90Micros p99Micros p99_9Micros serverP50Micros serverP99Micros " \
    "queueP50Micros serverCPUMicrosPerCall naiveGatherMicros gatherMicros", names, " ")
  printf "{\n  \"machine\": {\"cpu\": \"%s\", \"cores\": %d, \"kernel\": \"%s\", \"swift\": \"%s\", ", \
    cpu, cores, kernel, swift
  printf "\"loadAverage\": \"%s\"},\n", busy
  printf "  \"model\": {\"users\": %d, \"tweets\": %d},\n", users, tweets
  printf "  \"candidates\": %d, \"seconds\": %d, \"bytesPerRequest\": %d,\n", candidates, seconds, bytes
  print "  \"levels\": ["
  for (r = 1; r <= NR; r++) {
    printf "    {"
    for (i = 1; i <= 12; i++) printf "\"%s\": %s, ", names[i], cell[r, i]
    printf "\"serverCPUOverGather\": %.2f}%s\n", cell[r, 10] / cell[r, 12], r < NR ? "," : ""
  }
  print "  ]\n}"
}

function print_table(    r) {
  printf "%s, %d cores, %s, %s, load average %s\n", cpu, cores, kernel, swift, busy
  printf "%d users, %d tweets; a random user and %d random candidates a call, all signals; %d s a line\n\n", \
    users, tweets, candidates, seconds
  printf "gather limit, µs a request: naive %.1f, with prefetch %.1f (reads %.0f KiB)\n\n", \
    median(naive, NR), median(limit, NR), bytes / 1024
  print "                   |           round trip, µs            |      server, µs       |  CPU µs  gather        "
  print "in flight  calls/s |      p50      p90      p99    p99.9 |    p50     p99  queue |  a call   limit   ratio"
  for (r = 1; r <= NR; r++)
    printf "%9d  %7.0f | %8.0f %8.0f %8.0f %8.0f | %6.0f %7.0f %6.0f | %7.1f %7.1f %7.2f\n", cell[r, 1], cell[r, 2], \
      cell[r, 3], cell[r, 4], cell[r, 5], cell[r, 6], cell[r, 7], cell[r, 8], cell[r, 9], cell[r, 10], cell[r, 12], \
      cell[r, 10] / cell[r, 12]
}

END {
  if (failed) exit 1
  if (json == "yes") print_json()
  else print_table()
}
