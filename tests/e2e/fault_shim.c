/* Faults that only the kernel could make, on demand: LD_PRELOAD it with FAULT_FILE naming a file of 16 bytes, of
 * which the first 8 are added to the wall clock (nanoseconds) and the next 4 are the errno that sending UDP fails
 * with (0: it works). The test writes into the file while the server runs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct faults {
  volatile int64_t wall_offset;
  volatile int32_t send_errno;
  int32_t reserved;
};

static const struct faults *faults(void) {
  static const struct faults none;
  static const struct faults *mapped;
  if (mapped != NULL) return mapped;
  const char *path = getenv("FAULT_FILE");
  const int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(struct faults), PROT_READ, MAP_SHARED, fd, 0);
  if (fd >= 0) close(fd);
  return mapped = at == MAP_FAILED ? &none : at;
}

int clock_gettime(clockid_t clock, struct timespec *out) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  const int done = real(clock, out);
  if (done != 0 || clock != CLOCK_REALTIME) return done;
  const int64_t now = (int64_t)out->tv_sec * 1000000000 + out->tv_nsec + faults()->wall_offset;
  out->tv_sec = now / 1000000000;
  out->tv_nsec = now % 1000000000;
  return 0;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
  (void)zone;
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != NULL) *out = now.tv_sec;
  return now.tv_sec;
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags) {
  static int (*real)(int, struct mmsghdr *, unsigned int, int);
  if (real == NULL) real = (int (*)(int, struct mmsghdr *, unsigned int, int))dlsym(RTLD_NEXT, "sendmmsg");
  if (faults()->send_errno == 0) return real(fd, messages, count, flags);
  errno = faults()->send_errno;
  return -1;
}
