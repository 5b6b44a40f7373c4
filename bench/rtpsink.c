// rtpsink: receives RTP on COUNT sockets (BASE, BASE+2, ...) of 127.0.0.1. A line on stdin asks: "count" answers with
// the packets so far; "first" answers with "PORT MICROSECONDS" of each port's first packet, then "end"; "forget" starts
// anew. Ends with stdin. usage: rtpsink BASE COUNT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
static uint64_t packets;
static uint64_t* first;
static int base, count;

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static int open_port(int port) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || bind(fd, (void*)&at, sizeof at) != 0) {
    perror("rtpsink");
    exit(1);
  }
  return fd;
}

static void drain(int fd, int index) {
  static char bytes[BATCH][512];
  static struct iovec parts[BATCH];
  static struct mmsghdr messages[BATCH];
  for (int i = 0; i < BATCH; ++i) {
    parts[i] = (struct iovec){bytes[i], sizeof bytes[i]};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = parts + i, .msg_iovlen = 1};
  }
  const int got = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
  if (got <= 0) return;
  if (first[index] == 0) first[index] = now_us();
  packets += (uint64_t)got;
}

static int answer(void) {
  char line[64];
  const ssize_t got = read(0, line, sizeof line - 1);
  if (got <= 0) return 0;
  line[got] = 0;
  if (!strncmp(line, "count", 5)) {
    printf("%lu %lu\n", (unsigned long)packets, (unsigned long)now_us());
  } else if (!strncmp(line, "first", 5)) {
    for (int i = 0; i < count; ++i) {
      if (first[i] != 0) printf("%d %lu\n", base + 2 * i, (unsigned long)first[i]);
    }
    printf("end\n");
  } else {
    memset(first, 0, sizeof *first * (size_t)count);
    printf("forgotten\n");
  }
  fflush(stdout);
  return 1;
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  base = atoi(argv[1]);
  count = atoi(argv[2]);
  first = calloc((size_t)count, sizeof *first);
  const int epoll = epoll_create1(0);
  struct epoll_event in = {.events = EPOLLIN, .data.u64 = UINT64_MAX};
  epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &in);
  for (int i = 0; i < count; ++i) {
    const int fd = open_port(base + 2 * i);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)i << 32 | (uint64_t)fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  }
  printf("ready\n");
  fflush(stdout);
  struct epoll_event ready[256];
  for (;;) {
    const int n = epoll_wait(epoll, ready, 256, -1);
    for (int i = 0; i < n; ++i) {
      if (ready[i].data.u64 == UINT64_MAX) {
        if (!answer()) return 0;
      } else {
        drain((int)(ready[i].data.u64 & 0xffffffffu), (int)(ready[i].data.u64 >> 32));
      }
    }
  }
}
