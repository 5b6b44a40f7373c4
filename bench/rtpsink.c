// rtpsink: the callers' phones, COUNT of them on BASE, BASE+2, ... of 127.0.0.1. Each receives RTP, and answers whoever
// sends it any with 172 bytes every 20 ms: SPEAK packets (then it is silent, as phones with voice activity detection
// are), without end for -1. It stops when nothing has come for 100 ms: the call is over.
// A line on stdin asks: "count" answers with the packets of sound so far; "first" answers with "PORT MICROSECONDS" of each
// port's first packet of sound, then "end"; "forget" starts anew. What is one octet throughout is silence.
// Ends with stdin. usage: rtpsink BASE COUNT SPEAK
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define SLOTS 4  // of a frame of 20 ms
#define OVER_US 100000u
#define STDIN UINT64_MAX
#define TIMER (UINT64_MAX - 1)

struct phone {
  int fd;
  uint64_t first, last;     // packets in, microseconds: of sound, of any
  struct sockaddr_in peer;  // where the last came from
  long spoken;              // packets out, to this peer
  uint32_t ssrc, timestamp;
  uint16_t sequence;
};
static struct phone* phones;
static uint64_t packets;
static int base, count;
static long speak;

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

static int is_sound(const char* packet, unsigned size) {
  return size > 13 && memcmp(packet + 12, packet + 13, size - 13) != 0;
}

static void drain(struct phone* phone) {
  static char bytes[BATCH][512];
  static struct sockaddr_in from[BATCH];
  static struct iovec parts[BATCH];
  static struct mmsghdr messages[BATCH];
  for (int i = 0; i < BATCH; ++i) {
    parts[i] = (struct iovec){bytes[i], sizeof bytes[i]};
    messages[i].msg_hdr =
        (struct msghdr){.msg_name = from + i, .msg_namelen = sizeof from[i], .msg_iov = parts + i, .msg_iovlen = 1};
  }
  const int got = recvmmsg(phone->fd, messages, BATCH, MSG_DONTWAIT, NULL);
  if (got <= 0) return;
  const uint64_t now = now_us();
  for (int i = 0; i < got; ++i) {
    if (!is_sound(bytes[i], messages[i].msg_len)) continue;
    if (phone->first == 0) phone->first = now;
    ++packets;
  }
  const struct sockaddr_in* peer = from + got - 1;
  if (now - phone->last > OVER_US || peer->sin_port != phone->peer.sin_port) {  // another call
    phone->peer = *peer;
    phone->spoken = 0;
    phone->ssrc = (uint32_t)random();
  }
  phone->last = now;
}

static void say(struct phone* phone, uint64_t now) {
  if (phone->last == 0 || now - phone->last > OVER_US || (speak >= 0 && phone->spoken >= speak)) return;
  static uint8_t packet[172] = {0x80, 0};
  const uint16_t sequence = htons(++phone->sequence);
  const uint32_t timestamp = htonl(phone->timestamp += 160);
  memcpy(packet + 2, &sequence, 2);
  memcpy(packet + 4, &timestamp, 4);
  memcpy(packet + 8, &phone->ssrc, 4);
  sendto(phone->fd, packet, sizeof packet, MSG_DONTWAIT, (void*)&phone->peer, sizeof phone->peer);
  ++phone->spoken;
}

static void say_all(int timer) {
  static uint64_t slot;
  uint64_t turns = 0;
  if (read(timer, &turns, sizeof turns) != sizeof turns) return;
  const uint64_t now = now_us();
  for (; turns > 0; --turns, ++slot) {
    for (int i = (int)(slot % SLOTS); i < count; i += SLOTS) say(phones + i, now);
  }
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
      if (phones[i].first != 0) printf("%d %lu\n", base + 2 * i, (unsigned long)phones[i].first);
    }
    printf("end\n");
  } else {
    for (int i = 0; i < count; ++i) phones[i].first = 0;
    printf("forgotten\n");
  }
  fflush(stdout);
  return 1;
}

static void watch(int epoll, int fd, uint64_t token) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  base = atoi(argv[1]);
  count = atoi(argv[2]);
  speak = atol(argv[3]);
  phones = calloc((size_t)count, sizeof *phones);
  const int epoll = epoll_create1(0);
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  const struct itimerspec turn = {.it_interval.tv_nsec = 20000000 / SLOTS, .it_value.tv_nsec = 20000000 / SLOTS};
  timerfd_settime(timer, 0, &turn, NULL);
  watch(epoll, 0, STDIN);
  if (speak != 0) watch(epoll, timer, TIMER);
  for (int i = 0; i < count; ++i) {
    phones[i].fd = open_port(base + 2 * i);
    watch(epoll, phones[i].fd, (uint64_t)i);
  }
  printf("ready\n");
  fflush(stdout);
  struct epoll_event ready[256];
  for (;;) {
    const int n = epoll_wait(epoll, ready, 256, -1);
    for (int i = 0; i < n; ++i) {
      const uint64_t token = ready[i].data.u64;
      if (token == STDIN && !answer()) return 0;
      if (token == TIMER) say_all(timer);
      if (token < TIMER) drain(phones + token);
    }
  }
}
