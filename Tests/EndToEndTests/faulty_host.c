// A host whose disk and wall clock misbehave on demand: preloaded into the program under test.
//
//   FAULTY_DIRECTORY   files below it are on the faulty disk; an absolute path without symbolic links.
//   FAULTY_CONTROL     a file of 16 bytes that the test writes while the program runs: a fault (int64: 0 none, 1 full,
//                      2 read-only) and by how much the wall clock is off (int64, microseconds).
//
// On a full disk no file grows and none is made; what is there can be read, overwritten and removed. On a read-only one
// nothing changes at all, also by descriptors that were opened for writing before, as when a file system meets an error.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { NONE, FULL, READ_ONLY };

static volatile const int64_t *control;
static char directory[PATH_MAX];
static size_t directory_length;

#define REAL(result, name, ...)                                                                                          \
    static result (*real)(__VA_ARGS__);                                                                                  \
    if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static void start(void) {
    static int has_started;
    if (has_started) return;
    has_started = 1;
    const char *d = getenv("FAULTY_DIRECTORY"), *c = getenv("FAULTY_CONTROL");
    if (!d || !c) return;
    directory_length = (size_t)snprintf(directory, sizeof directory, "%s/", d);
    REAL(int, open64, const char *, int, ...);
    int file = real(c, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    void *map = mmap(NULL, 16, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (map != MAP_FAILED) control = map;
}

__attribute__((constructor)) static void begin(void) { start(); }

static int64_t fault(void) {
    start();
    return control ? control[0] : NONE;
}

static int is_below(const char *path) { return strncmp(path, directory, directory_length) == 0; }

static int is_descriptor_below(int descriptor) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 2);
    if (length < 0) return 0;
    path[length] = '/'; // The directory itself counts, too.
    path[length + 1] = 0;
    return is_below(path);
}

static int is_place_below(int at, const char *path) {
    return path[0] == '/' || at == AT_FDCWD ? is_below(path) : is_descriptor_below(at);
}

/// What a change of names meets; 0 for nothing.
static int refusal(int at, const char *path, int grows) {
    int64_t now = fault();
    if (now == NONE || !is_place_below(at, path)) return 0;
    if (now == READ_ONLY) return EROFS;
    return grows ? ENOSPC : 0;
}

static int open_refusal(int at, const char *path, int flags) {
    int64_t now = fault();
    if (now == NONE || !(flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) || !is_place_below(at, path)) return 0;
    if (now == READ_ONLY) {
        // What only might be made is opened for reading where it is there.
        return (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC) || faccessat(at, path, F_OK, 0) ? EROFS : 0;
    }
    return flags & O_CREAT && faccessat(at, path, F_OK, 0) ? ENOSPC : 0;
}

/// What writing up to `end` meets; 0 for nothing.
static int write_refusal(int descriptor, off_t end) {
    int64_t now = fault();
    if (now == NONE || !is_descriptor_below(descriptor)) return 0;
    if (now == READ_ONLY) return EROFS;
    struct stat status;
    return fstat(descriptor, &status) == 0 && end > status.st_size ? ENOSPC : 0;
}

#define REFUSE(code)                                                                                                     \
    do {                                                                                                                 \
        int refused = (code);                                                                                            \
        if (refused) {                                                                                                   \
            errno = refused;                                                                                             \
            return -1;                                                                                                   \
        }                                                                                                                \
    } while (0)

static mode_t mode_of(int flags, va_list rest) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; }

#define OPEN(name)                                                                                                       \
    int name(const char *path, int flags, ...) {                                                                         \
        REAL(int, name, const char *, int, ...);                                                                         \
        va_list rest;                                                                                                    \
        va_start(rest, flags);                                                                                           \
        mode_t mode = mode_of(flags, rest);                                                                              \
        va_end(rest);                                                                                                    \
        REFUSE(open_refusal(AT_FDCWD, path, flags));                                                                     \
        return real(path, flags, mode);                                                                                  \
    }
#define OPENAT(name)                                                                                                     \
    int name(int at, const char *path, int flags, ...) {                                                                 \
        REAL(int, name, int, const char *, int, ...);                                                                    \
        va_list rest;                                                                                                    \
        va_start(rest, flags);                                                                                           \
        mode_t mode = mode_of(flags, rest);                                                                              \
        va_end(rest);                                                                                                    \
        REFUSE(open_refusal(at, path, flags));                                                                           \
        return real(at, path, flags, mode);                                                                              \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int descriptor, const void *bytes, size_t count) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (fault() != NONE) {
        int kept = errno;
        off_t at = lseek(descriptor, 0, SEEK_CUR);
        errno = kept;
        if (at >= 0) REFUSE(write_refusal(descriptor, at + (off_t)count));
    }
    return real(descriptor, bytes, count);
}

#define PWRITE(name)                                                                                                     \
    ssize_t name(int descriptor, const void *bytes, size_t count, off_t at) {                                            \
        REAL(ssize_t, name, int, const void *, size_t, off_t);                                                           \
        REFUSE(write_refusal(descriptor, at + (off_t)count));                                                            \
        return real(descriptor, bytes, count, at);                                                                       \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define TRUNCATE(name)                                                                                                   \
    int name(int descriptor, off_t size) {                                                                               \
        REAL(int, name, int, off_t);                                                                                     \
        REFUSE(write_refusal(descriptor, size));                                                                         \
        return real(descriptor, size);                                                                                   \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

int posix_fallocate(int descriptor, off_t at, off_t size) {
    REAL(int, posix_fallocate, int, off_t, off_t);
    int refused = write_refusal(descriptor, at + size);
    return refused ? refused : real(descriptor, at, size);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    REFUSE(refusal(AT_FDCWD, path, 1));
    return real(path, mode);
}

int mkdirat(int at, const char *path, mode_t mode) {
    REAL(int, mkdirat, int, const char *, mode_t);
    REFUSE(refusal(at, path, 1));
    return real(at, path, mode);
}

int unlink(const char *path) {
    REAL(int, unlink, const char *);
    REFUSE(refusal(AT_FDCWD, path, 0));
    return real(path);
}

int unlinkat(int at, const char *path, int flags) {
    REAL(int, unlinkat, int, const char *, int);
    REFUSE(refusal(at, path, 0));
    return real(at, path, flags);
}

int rename(const char *path, const char *target) {
    REAL(int, rename, const char *, const char *);
    REFUSE(refusal(AT_FDCWD, target, 0));
    return real(path, target);
}

int renameat(int at, const char *path, int target_at, const char *target) {
    REAL(int, renameat, int, const char *, int, const char *);
    REFUSE(refusal(target_at, target, 0));
    return real(at, path, target_at, target);
}

#define STATVFS(name, type)                                                                                              \
    int name(const char *restrict path, struct type *restrict status) {                                                  \
        REAL(int, name, const char *restrict, struct type *restrict);                                                    \
        int outcome = real(path, status);                                                                                \
        if (outcome == 0 && fault() == FULL) {                                                                           \
            char whole[PATH_MAX];                                                                                        \
            snprintf(whole, sizeof whole, "%s/", path);                                                                  \
            if (is_below(whole)) status->f_bavail = status->f_bfree = 0;                                                 \
        }                                                                                                                \
        return outcome;                                                                                                  \
    }
STATVFS(statvfs, statvfs)
STATVFS(statvfs64, statvfs64)

static int64_t offset(void) {
    start();
    return control ? control[1] : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, clock_gettime, clockid_t, struct timespec *);
    int outcome = real(clock, now);
    if (outcome == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t nanoseconds = now->tv_nsec + offset() % 1000000 * 1000;
        now->tv_sec += offset() / 1000000;
        if (nanoseconds < 0) nanoseconds += 1000000000, now->tv_sec -= 1;
        if (nanoseconds >= 1000000000) nanoseconds -= 1000000000, now->tv_sec += 1;
        now->tv_nsec = nanoseconds;
    }
    return outcome;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec time;
    if (clock_gettime(CLOCK_REALTIME, &time)) return -1;
    now->tv_sec = time.tv_sec;
    now->tv_usec = time.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec spec;
    clock_gettime(CLOCK_REALTIME, &spec);
    if (now) *now = spec.tv_sec;
    return spec.tv_sec;
}
