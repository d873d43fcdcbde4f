/* Loaded before the C library (LD_PRELOAD): writes down what a program does to its database files, in order, so that
 * the disk can be rebuilt as a power cut at any moment would have left it. Does nothing to any other file.
 *
 * DRILL_DISK: the path of the database; its -wal and -journal belong to it, its -shm does not (it need not survive).
 * DRILL_DISK_LOG: the file written. One record each: kind (1 byte), file (1), offset (8), length (8), then the bytes of
 * a write. Kinds: W write, T truncate (offset is the new length), U unlink; s and S the beginning and the end of a sync
 * (offset is the descriptor): what is written meanwhile may or may not be synced. A record is made under one lock with
 * what it tells of.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { OPEN_MOST = 65536, NOTHING = 0, DATABASE = 1, WAL = 2, JOURNAL = 3, FOLDER = 4 };

static unsigned char kinds[OPEN_MOST];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *database;
static size_t database_length;
static int sink = -1;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  const char *where = getenv("DRILL_DISK_LOG");
  database = getenv("DRILL_DISK");
  if (!where || !database) return;
  database_length = strlen(database);
  sink = REAL(open)(where, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int kind_of(const char *path) {
  if (sink < 0 || !path) return NOTHING;
  if (strncmp(path, database, database_length) != 0) {
    size_t length = strlen(path);
    const char *slash = strrchr(database, '/');
    return slash && length == (size_t)(slash - database) && !strncmp(path, database, length) ? FOLDER : NOTHING;
  }
  const char *rest = path + database_length;
  if (!*rest) return DATABASE;
  if (!strcmp(rest, "-wal")) return WAL;
  return strcmp(rest, "-journal") ? NOTHING : JOURNAL;
}

static int file_of(int fd) { return fd >= 0 && fd < OPEN_MOST ? kinds[fd] : NOTHING; }

static void note(char what, int file, uint64_t offset, const void *data, uint64_t length) {
  char head[18];
  head[0] = what;
  head[1] = (char)file;
  memcpy(head + 2, &offset, 8);
  memcpy(head + 10, &length, 8);
  ssize_t (*put)(int, const void *, size_t) = REAL(write);
  if (put(sink, head, sizeof head) != sizeof head) abort();
  for (uint64_t done = 0; data && done < length;) {
    ssize_t n = put(sink, (const char *)data + done, length - done);
    if (n <= 0) abort();
    done += (uint64_t)n;
  }
}

static int opened(int fd, const char *path) {
  if (fd >= 0 && fd < OPEN_MOST) kinds[fd] = (unsigned char)kind_of(path);
  return fd;
}

#define MODE(flags) \
  va_list more; \
  va_start(more, flags); \
  mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
  va_end(more)

int open(const char *path, int flags, ...) {
  MODE(flags);
  return opened(REAL(open)(path, flags, mode), path);
}

int open64(const char *path, int flags, ...) {
  MODE(flags);
  return opened(REAL(open64)(path, flags, mode), path);
}

int close(int fd) {
  if (fd >= 0 && fd < OPEN_MOST) kinds[fd] = NOTHING;
  return REAL(close)(fd);
}

#define WRITES(name, type) \
  ssize_t name(int fd, const void *data, size_t length, type offset) { \
    int file = file_of(fd); \
    if (!file) return REAL(name)(fd, data, length, offset); \
    pthread_mutex_lock(&lock); \
    ssize_t n = REAL(name)(fd, data, length, offset); \
    if (n > 0) note('W', file, (uint64_t)offset, data, (uint64_t)n); \
    pthread_mutex_unlock(&lock); \
    return n; \
  }
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t length) {
  int file = file_of(fd);
  if (!file) return REAL(write)(fd, data, length);
  pthread_mutex_lock(&lock);
  off_t at = lseek(fd, 0, SEEK_CUR);
  ssize_t n = REAL(write)(fd, data, length);
  if (n > 0) note('W', file, (uint64_t)at, data, (uint64_t)n);
  pthread_mutex_unlock(&lock);
  return n;
}

#define CUTS(name, type) \
  int name(int fd, type length) { \
    int file = file_of(fd); \
    if (!file) return REAL(name)(fd, length); \
    pthread_mutex_lock(&lock); \
    int failed = REAL(name)(fd, length); \
    if (!failed) note('T', file, (uint64_t)length, NULL, 0); \
    pthread_mutex_unlock(&lock); \
    return failed; \
  }
CUTS(ftruncate, off_t)
CUTS(ftruncate64, off64_t)

static void noted(char what, int file, int fd) {
  pthread_mutex_lock(&lock);
  note(what, file, (uint64_t)fd, NULL, 0);
  pthread_mutex_unlock(&lock);
}

#define SYNCS(name) \
  int name(int fd) { \
    int file = file_of(fd); \
    if (file) noted('s', file, fd); \
    int failed = REAL(name)(fd); \
    if (file && !failed) noted('S', file, fd); \
    return failed; \
  }
SYNCS(fsync)
SYNCS(fdatasync)

int unlink(const char *path) {
  int file = kind_of(path);
  if (!file) return REAL(unlink)(path);
  pthread_mutex_lock(&lock);
  int failed = REAL(unlink)(path);
  if (!failed) note('U', file, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  return failed;
}
