// rtpfloor: the least that playing to CALLS calls can cost: 172-byte packets, 50 a second each, from one socket by
// sendmmsg in slots of 5 ms, to 127.0.0.1 BASE, BASE+2, ..., and reading what they answer. Nothing is encoded, timed or
// reported. Prints the CPU microseconds of a packet sent. usage: rtpfloor BASE CALLS SECONDS
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 64
#define SLOTS 4  // of a frame of 20 ms

static char packet[172];
static struct iovec part = {packet, sizeof packet};
static struct sockaddr_in to[BATCH];
static struct mmsghdr messages[BATCH];

static void flush(int fd, int queued) {
  for (int sent = 0; sent < queued;) {
    const int n = sendmmsg(fd, messages + sent, (unsigned)(queued - sent), 0);
    if (n <= 0) ++sent;
    if (n > 0) sent += n;
  }
}

static void discard(int fd) {
  static char bytes[BATCH][512];
  static struct iovec parts[BATCH];
  static struct mmsghdr received[BATCH];
  for (int i = 0; i < BATCH; ++i) {
    parts[i] = (struct iovec){bytes[i], sizeof bytes[i]};
    received[i].msg_hdr = (struct msghdr){.msg_iov = parts + i, .msg_iovlen = 1};
  }
  while (recvmmsg(fd, received, BATCH, MSG_DONTWAIT, NULL) == BATCH) {
  }
}

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const int base = atoi(argv[1]), calls = atoi(argv[2]), seconds = atoi(argv[3]);
  const int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 1 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  for (int i = 0; i < BATCH; ++i) {
    to[i] = (struct sockaddr_in){.sin_family = AF_INET};
    to[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    messages[i].msg_hdr = (struct msghdr){.msg_name = to + i, .msg_namelen = sizeof to[i], .msg_iov = &part, .msg_iovlen = 1};
  }
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  uint64_t sent = 0;
  for (int slot = 0; slot < seconds * 50 * SLOTS; ++slot) {
    int queued = 0;
    for (int call = slot % SLOTS; call < calls; call += SLOTS) {
      to[queued++].sin_port = htons((uint16_t)(base + 2 * call));
      ++sent;
      if (queued == BATCH) {
        flush(fd, queued);
        queued = 0;
      }
    }
    flush(fd, queued);
    discard(fd);
    at.tv_nsec += 5000000;
    if (at.tv_nsec >= 1000000000) {
      at.tv_nsec -= 1000000000;
      ++at.tv_sec;
    }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
  }
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  const double us = 1e6 * (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  printf("%.3f\n", us / (double)sent);
  return 0;
}
