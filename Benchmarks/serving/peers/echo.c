// A bare libuv echo: what the event loop and the kernel cost when a server does nothing. cc -O2 echo.c -luv
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

typedef struct {
  uv_write_t request;
  char bytes[];
} answer;

static char buffer[1 << 18];

static void lend(uv_handle_t *handle, size_t wanted, uv_buf_t *out) {
  (void)handle, (void)wanted;
  *out = uv_buf_init(buffer, sizeof buffer);
}

static void closed(uv_handle_t *handle) { free(handle); }
static void written(uv_write_t *request, int status) { (void)status, free(request); }

static void did_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes) {
  if (count < 0) return uv_close((uv_handle_t *)stream, closed);
  uv_buf_t out = uv_buf_init(bytes->base, (unsigned)count);
  int sent = count > 0 ? uv_try_write(stream, &out, 1) : 0;
  if (sent < 0) sent = 0;
  if (sent == count) return;
  // What the kernel did not take waits in memory of its own.
  size_t left = (size_t)(count - sent);
  answer *rest = malloc(sizeof *rest + left);
  for (size_t i = 0; i < left; i++) rest->bytes[i] = bytes->base[(size_t)sent + i];
  uv_buf_t later = uv_buf_init(rest->bytes, (unsigned)left);
  uv_write(&rest->request, stream, &later, 1, written);
}

static void did_connect(uv_stream_t *listener, int status) {
  if (status < 0) return;
  uv_tcp_t *client = malloc(sizeof *client);
  uv_tcp_init(listener->loop, client);
  if (uv_accept(listener, (uv_stream_t *)client) != 0) return uv_close((uv_handle_t *)client, closed);
  uv_tcp_nodelay(client, 1);
  uv_read_start((uv_stream_t *)client, lend, did_read);
}

int main(int count, char **arguments) {
  uv_tcp_t listener;
  struct sockaddr_in address;
  uv_tcp_init(uv_default_loop(), &listener);
  uv_ip4_addr("127.0.0.1", count > 1 ? atoi(arguments[1]) : 7420, &address);
  if (uv_tcp_bind(&listener, (struct sockaddr *)&address, 0) != 0) return 1;
  if (uv_listen((uv_stream_t *)&listener, 512, did_connect) != 0) return 1;
  puts("ready");
  fflush(stdout);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
