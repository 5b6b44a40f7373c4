/* Faults that only the kernel could make, on demand: LD_PRELOAD it with FAULT_FILE naming a file of 20 bytes, of
 * which the first 8 are added to the wall clock (nanoseconds), the next 4 are the errno that sending UDP fails with
 * (0: it works), the next 4 are 1 while there are no more file descriptors, and the last 4 are 1 while the disk under
 * objects/ hangs. The test writes into the file while the server runs. System calls are made as they are: a sanitiser asks for the time before it can bear dlsym(). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct faults {
  volatile int64_t wall_offset;
  volatile int32_t send_errno;
  volatile int32_t no_descriptors;
  volatile int32_t disk_hangs;
};

static const struct faults *faults(void) {
  static const struct faults none;
  static const struct faults *mapped;
  if (mapped != NULL) return mapped;
  const char *path = getenv("FAULT_FILE");
  const int fd = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(struct faults), PROT_READ, MAP_SHARED, fd, 0);
  if (fd >= 0) close(fd);
  return mapped = at == MAP_FAILED ? &none : at;
}

int clock_gettime(clockid_t clock, struct timespec *out) {
  const int done = (int)syscall(SYS_clock_gettime, clock, out);
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
  if (faults()->send_errno == 0) return (int)syscall(SYS_sendmmsg, fd, messages, count, flags);
  errno = faults()->send_errno;
  return -1;
}

/* All that the server opens by itself; not pipe(), by which UBSan looks at an object's type. */
static long opened(long number, long a, long b, long c, long d) {
  if (faults()->no_descriptors == 0) return syscall(number, a, b, c, d);
  errno = EMFILE;
  return -1;
}

int socket(int domain, int type, int protocol) { return (int)opened(SYS_socket, domain, type, protocol, 0); }
int socketpair(int domain, int type, int protocol, int out[2]) {
  return (int)opened(SYS_socketpair, domain, type, protocol, (long)out);
}
int accept4(int fd, struct sockaddr *restrict at, socklen_t *restrict size, int flags) {
  return (int)opened(SYS_accept4, fd, (long)at, (long)size, flags);
}
int accept(int fd, struct sockaddr *restrict at, socklen_t *restrict size) { return accept4(fd, at, size, 0); }
int pipe2(int out[2], int flags) { return (int)opened(SYS_pipe2, (long)out, flags, 0, 0); }
int eventfd(unsigned int count, int flags) { return (int)opened(SYS_eventfd2, count, flags, 0, 0); }

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const int mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, int) : 0;
  va_end(more);
  return (int)opened(SYS_openat, AT_FDCWD, (long)path, flags, mode);
}
int open64(const char *path, int flags, ...) __attribute__((alias("open")));

static void wait_for_disk(int fd) {
  if (faults()->disk_hangs == 0) return;
  char link[32];
  char path[4096] = "";
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if (syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1) < 0 || strstr(path, "/objects/") == NULL) return;
  const struct timespec moment = {.tv_nsec = 10000000};
  while (faults()->disk_hangs != 0) syscall(SYS_nanosleep, &moment, NULL);
}

ssize_t write(int fd, const void *bytes, size_t size) {
  wait_for_disk(fd);
  return syscall(SYS_write, fd, bytes, size);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  wait_for_disk(fd);
  return syscall(SYS_pwrite64, fd, bytes, size, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) __attribute__((alias("pwrite")));
