// A disk that forgets: preloaded into a process, it keeps beside a directory what would be left of it after a power cut.
//
// Everything under FORGETFUL_LIVE works as always. FORGETFUL_DURABLE/tree holds what the disk would remember: a file's
// bytes get there when the file is synchronised, and its name, its removal or its renaming when its directory is. That is
// the least that POSIX promises, and less than most file systems keep. After killing the process, the test replaces the
// directory by the tree.
//
//   FORGETFUL_LUCK=P   each write has a chance of P percent to reach the disk at once, whole or torn at a sector, so that
//                      what is left is neither old nor new; FORGETFUL_SEED chooses which.
//   FORGETFUL_FULL=F   while a file F exists, no file can grow: ENOSPC.
//
// Shared memory files of SQLite ("-shm") are rebuilt at every first opening and are left alone.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MAX_FD = 1024, SECTOR = 512 };

typedef struct Range {
    off_t start, end;
} Range;

typedef struct File {
    struct File *next;
    char path[PATH_MAX];    // relative to the live directory; empty once removed
    char durable[PATH_MAX]; // where its durable bytes are: in tree/ or, while its name is not durable, in limbo/
    int has_durable;        // whether that file exists
    int whole;              // everything is to be copied when it is synchronised
    Range *ranges;          // written since then
    size_t count, capacity;
} File;

typedef enum { CREATE, REMOVE, RENAME, MAKE_DIRECTORY } Kind;

// A change of a name, durable once a directory that it is in is synchronised.
typedef struct Change {
    struct Change *next;
    Kind kind;
    File *file;
    char path[PATH_MAX], target[PATH_MAX];
} Change;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char live[PATH_MAX], durable[PATH_MAX];
static const char *full;
static unsigned luck;
static uint64_t seed;
static int limbo_count;
static File *files;
static Change *changes;
static File *open_files[MAX_FD];
static char *open_directories[MAX_FD];

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_unlink)(const char *);
static int (*real_unlinkat)(int, const char *, int);
static int (*real_renameat)(int, const char *, int, const char *);
static int (*real_mkdirat)(int, const char *, mode_t);
static void *(*real_mmap)(void *, size_t, int, int, int, off_t);

static void give_up(const char *what, const char *detail) {
    dprintf(2, "forgetful disk: %s: %s (%s)\n", what, detail, strerror(errno));
    abort();
}

// Also called by whatever comes first: other libraries open files before this one's constructor runs.
__attribute__((constructor)) static void start(void) {
    if (real_mmap) return;
    real_open = dlsym(RTLD_NEXT, "open");
    real_openat = dlsym(RTLD_NEXT, "openat");
    real_close = dlsym(RTLD_NEXT, "close");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_unlinkat = dlsym(RTLD_NEXT, "unlinkat");
    real_renameat = dlsym(RTLD_NEXT, "renameat");
    real_mkdirat = dlsym(RTLD_NEXT, "mkdirat");
    real_mmap = dlsym(RTLD_NEXT, "mmap");
    const char *l = getenv("FORGETFUL_LIVE"), *d = getenv("FORGETFUL_DURABLE");
    if (!l || !d) return;
    snprintf(durable, sizeof durable, "%s", d);
    full = getenv("FORGETFUL_FULL");
    luck = getenv("FORGETFUL_LUCK") ? (unsigned)atoi(getenv("FORGETFUL_LUCK")) : 0;
    seed = getenv("FORGETFUL_SEED") ? strtoull(getenv("FORGETFUL_SEED"), NULL, 10) : 1;
    snprintf(live, sizeof live, "%s", l); // last: from here on the directory is watched
}

// xorshift64*: chance, the same for the same seed.
static uint64_t chance(void) {
    seed += 0x9E3779B97F4A7C15u;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

// MARK: Paths

// The path below the live directory ("" for itself); NULL for one elsewhere, and for shared memory.
static const char *below(const char *absolute) {
    size_t length = strlen(live);
    if (!length || strncmp(absolute, live, length) != 0) return NULL;
    if (absolute[length] == 0) return absolute + length;
    if (absolute[length] != '/') return NULL;
    size_t whole = strlen(absolute);
    if (whole > 4 && strcmp(absolute + whole - 4, "-shm") == 0) return NULL;
    return absolute + length + 1;
}

static int path_of_descriptor(int fd, char *out) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, out, PATH_MAX - 1);
    if (n < 0) return -1;
    out[n] = 0;
    return 0;
}

// `path`, as given to a call with `at`, below the live directory; NULL where it is none of our business.
static const char *watched(int at, const char *path, char *buffer) {
    start();
    if (!live[0]) return NULL;
    char folder[PATH_MAX];
    if (path[0] == '/') {
        snprintf(buffer, PATH_MAX, "%s", path);
    } else {
        if (at == AT_FDCWD ? !getcwd(folder, sizeof folder) : path_of_descriptor(at, folder) != 0) return NULL;
        if (snprintf(buffer, PATH_MAX, "%s/%s", folder, path) >= PATH_MAX) return NULL;
    }
    return below(buffer);
}

static void folder_of(const char *path, char *out) {
    snprintf(out, PATH_MAX, "%s", path);
    char *slash = strrchr(out, '/');
    if (slash) *slash = 0;
    else out[0] = 0;
}

static void in_tree(const char *path, char *out) {
    if (snprintf(out, PATH_MAX, "%s/tree/%s", durable, path) >= PATH_MAX) give_up("path too long", path);
}

// MARK: Bytes

static void copy(int from, const char *to, off_t start, off_t end) {
    static char buffer[1 << 16];
    int out = real_open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    if (out < 0) give_up("cannot write", to);
    while (start < end) {
        size_t want = (size_t)(end - start) < sizeof buffer ? (size_t)(end - start) : sizeof buffer;
        ssize_t n = pread(from, buffer, want, start);
        if (n < 0) give_up("cannot read for", to);
        if (n == 0) break;
        if (real_pwrite(out, buffer, (size_t)n, start) != n) give_up("cannot write", to);
        start += n;
    }
    real_close(out);
}

// A descriptor that may be open for writing only is read through a second one.
static int readable(int fd) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int again = real_open(link, O_RDONLY | O_CLOEXEC);
    if (again < 0) give_up("cannot reopen", link);
    return again;
}

static void make_durable(File *file, int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0) give_up("cannot stat", file->path);
    int from = readable(fd);
    if (file->whole || !file->has_durable) {
        copy(from, file->durable, 0, status.st_size);
    } else {
        for (size_t i = 0; i < file->count; i++) copy(from, file->durable, file->ranges[i].start, file->ranges[i].end);
    }
    if (truncate(file->durable, status.st_size) != 0) give_up("cannot truncate", file->durable);
    real_close(from);
    file->has_durable = 1;
    file->whole = 0;
    file->count = 0;
}

static void wrote(File *file, int fd, off_t start, off_t end) {
    if (luck && file->has_durable && !file->whole && chance() % 100 < luck) {
        off_t stop = end;
        if (chance() % 2) stop = start + (off_t)(chance() % (uint64_t)(end - start + 1)) / SECTOR * SECTOR;
        int from = readable(fd);
        copy(from, file->durable, start, stop);
        real_close(from);
    }
    if (file->count && file->ranges[file->count - 1].end == start) {
        file->ranges[file->count - 1].end = end;
        return;
    }
    if (file->count == file->capacity) {
        file->capacity = file->capacity ? 2 * file->capacity : 16;
        file->ranges = realloc(file->ranges, file->capacity * sizeof(Range));
        if (!file->ranges) give_up("no memory", file->path);
    }
    file->ranges[file->count++] = (Range){start, end};
}

// MARK: Names

static File *find(const char *path) {
    for (File *file = files; file; file = file->next)
        if (strcmp(file->path, path) == 0 && path[0]) return file;
    return NULL;
}

static void later(Kind kind, File *file, const char *path, const char *target) {
    Change *change = calloc(1, sizeof *change);
    if (!change) give_up("no memory", path);
    change->kind = kind;
    change->file = file;
    snprintf(change->path, PATH_MAX, "%s", path);
    snprintf(change->target, PATH_MAX, "%s", target ? target : "");
    Change **end = &changes;
    while (*end) end = &(*end)->next;
    *end = change;
}

// Drops a creation that was not durable yet. Returns whether there was one.
static int never_created(File *file) {
    for (Change **at = &changes; *at; at = &(*at)->next) {
        if ((*at)->kind != CREATE || (*at)->file != file) continue;
        Change *gone = *at;
        *at = gone->next;
        free(gone);
        return 1;
    }
    return 0;
}

static File *adopt(const char *path, int is_new) {
    File *file = calloc(1, sizeof *file);
    if (!file) give_up("no memory", path);
    snprintf(file->path, PATH_MAX, "%s", path);
    in_tree(path, file->durable);
    file->has_durable = !is_new && access(file->durable, F_OK) == 0;
    if (!file->has_durable) {
        if (snprintf(file->durable, PATH_MAX, "%s/limbo/%d-%d", durable, (int)getpid(), limbo_count++) >= PATH_MAX)
            give_up("path too long", durable);
        later(CREATE, file, path, NULL);
    }
    file->next = files;
    files = file;
    return file;
}

static void settle(File *file, const char *path) {
    char place[PATH_MAX];
    in_tree(path, place);
    if (!file->has_durable) {
        // The name is durable before any byte is: an empty file.
        int fd = real_open(file->durable, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
        if (fd < 0) give_up("cannot make", file->durable);
        real_close(fd);
        file->has_durable = 1;
        file->whole = 1;
    }
    if (real_renameat(AT_FDCWD, file->durable, AT_FDCWD, place) != 0) give_up("cannot place", place);
    snprintf(file->durable, PATH_MAX, "%s", place);
}

static void apply(Change *change) {
    char place[PATH_MAX];
    in_tree(change->path, place);
    switch (change->kind) {
    case CREATE: settle(change->file, change->path); break;
    case RENAME: settle(change->file, change->target); break;
    case REMOVE: real_unlink(place); break;
    case MAKE_DIRECTORY:
        if (real_mkdirat(AT_FDCWD, place, 0750) != 0 && errno != EEXIST) give_up("cannot make", place);
        break;
    }
}

static void make_names_durable(const char *folder) {
    char of_path[PATH_MAX], of_target[PATH_MAX];
    for (Change **at = &changes; *at;) {
        Change *change = *at;
        folder_of(change->path, of_path);
        folder_of(change->target, of_target);
        if (strcmp(of_path, folder) != 0 && (change->kind != RENAME || strcmp(of_target, folder) != 0)) {
            at = &change->next;
            continue;
        }
        apply(change);
        *at = change->next;
        free(change);
    }
}

// MARK: The calls

static int opened(int fd, int flags, int existed) {
    char absolute[PATH_MAX];
    if (fd < 0 || fd >= MAX_FD || !live[0] || path_of_descriptor(fd, absolute) != 0) return fd;
    int kept = errno;
    const char *path = below(absolute);
    struct stat status;
    if (path && fstat(fd, &status) == 0) {
        pthread_mutex_lock(&lock);
        if (S_ISDIR(status.st_mode)) {
            open_directories[fd] = strdup(path);
        } else if (S_ISREG(status.st_mode) && (flags & O_ACCMODE) != O_RDONLY) {
            File *file = find(path);
            if (!file) file = adopt(path, !existed);
            if (flags & O_TRUNC) file->whole = 1;
            open_files[fd] = file;
        }
        pthread_mutex_unlock(&lock);
    }
    errno = kept;
    return fd;
}

static int open_any(int at, const char *path, int flags, mode_t mode) {
    start();
    int existed = !(flags & O_CREAT) || faccessat(at, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    return opened(real_openat(at, path, flags, mode), flags, existed);
}

static mode_t mode_of(int flags, va_list rest) {
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0;
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = mode_of(flags, rest);                                                                            \
        va_end(rest);                                                                                                  \
        return open_any(AT_FDCWD, path, flags, mode);                                                                  \
    }
#define OPENAT(name)                                                                                                   \
    int name(int at, const char *path, int flags, ...) {                                                               \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = mode_of(flags, rest);                                                                            \
        va_end(rest);                                                                                                  \
        return open_any(at, path, flags, mode);                                                                        \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
int __open_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
int __openat_2(int at, const char *path, int flags) { return open_any(at, path, flags, 0); }
int __openat64_2(int at, const char *path, int flags) { return open_any(at, path, flags, 0); }

int close(int fd) {
    start();
    if (fd >= 0 && fd < MAX_FD && live[0]) {
        pthread_mutex_lock(&lock);
        open_files[fd] = NULL;
        free(open_directories[fd]);
        open_directories[fd] = NULL;
        pthread_mutex_unlock(&lock);
    }
    return real_close(fd);
}

static File *file_of(int fd) {
    start();
    return fd >= 0 && fd < MAX_FD ? open_files[fd] : NULL;
}

static ssize_t write_at(int fd, const void *bytes, size_t count, off_t offset, int moves) {
    pthread_mutex_lock(&lock);
    File *file = file_of(fd);
    struct stat status;
    ssize_t written;
    if (file && full && access(full, F_OK) == 0 && fstat(fd, &status) == 0
        && offset + (off_t)count > status.st_size) {
        errno = ENOSPC;
        written = -1;
    } else {
        written = moves ? real_write(fd, bytes, count) : real_pwrite(fd, bytes, count, offset);
        int kept = errno;
        if (file && written > 0) wrote(file, fd, offset, offset + written);
        errno = kept;
    }
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    if (!file_of(fd)) return real_write(fd, bytes, count);
    off_t offset = fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    return write_at(fd, bytes, count, offset, 1);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    return file_of(fd) ? write_at(fd, bytes, count, offset, 0) : real_pwrite(fd, bytes, count, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) { return pwrite(fd, bytes, count, offset); }

int ftruncate(int fd, off_t length) {
    // What was cut off and written again would be missed by the ranges, so all is copied next time.
    start();
    pthread_mutex_lock(&lock);
    int result = real_ftruncate(fd, length);
    if (result == 0 && file_of(fd)) file_of(fd)->whole = 1;
    pthread_mutex_unlock(&lock);
    return result;
}
int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

// The process is killed, not the machine: the real disk need not be waited for.
static int synchronise(int fd) {
    start();
    if (fd < 0 || fd >= MAX_FD || !live[0]) return real_fsync(fd);
    pthread_mutex_lock(&lock);
    if (open_files[fd]) make_durable(open_files[fd], fd);
    if (open_directories[fd]) make_names_durable(open_directories[fd]);
    pthread_mutex_unlock(&lock);
    return 0;
}
int fsync(int fd) { return synchronise(fd); }
int fdatasync(int fd) { return synchronise(fd); }

static int removed(int result, const char *path) {
    if (result != 0 || !path) return result;
    pthread_mutex_lock(&lock);
    File *file = find(path);
    if (!file || !never_created(file)) later(REMOVE, file, path, NULL);
    if (file) file->path[0] = 0;
    pthread_mutex_unlock(&lock);
    return result;
}

int unlink(const char *path) {
    char buffer[PATH_MAX];
    const char *ours = watched(AT_FDCWD, path, buffer);
    return removed(real_unlink(path), ours);
}
int unlinkat(int at, const char *path, int flags) {
    char buffer[PATH_MAX];
    const char *ours = flags & AT_REMOVEDIR ? NULL : watched(at, path, buffer);
    return removed(real_unlinkat(at, path, flags), ours);
}

int renameat(int from_at, const char *from, int to_at, const char *to) {
    char from_buffer[PATH_MAX], to_buffer[PATH_MAX];
    const char *source = watched(from_at, from, from_buffer), *target = watched(to_at, to, to_buffer);
    int result = real_renameat(from_at, from, to_at, to);
    if (result != 0 || !source || !target) return result;
    pthread_mutex_lock(&lock);
    File *file = find(source), *replaced = find(target);
    if (!file) file = adopt(source, 0);
    if (replaced) replaced->path[0] = 0;
    never_created(file);
    later(RENAME, file, source, target);
    snprintf(file->path, PATH_MAX, "%s", target);
    pthread_mutex_unlock(&lock);
    return result;
}
int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

int mkdirat(int at, const char *path, mode_t mode) {
    char buffer[PATH_MAX];
    const char *ours = watched(at, path, buffer);
    int result = real_mkdirat(at, path, mode);
    if (result == 0 && ours) {
        pthread_mutex_lock(&lock);
        later(MAKE_DIRECTORY, NULL, ours, NULL);
        pthread_mutex_unlock(&lock);
    }
    return result;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

// Ways of writing that this disk does not follow must not go unnoticed.
void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    if (file_of(fd) && (flags & MAP_SHARED) && (protection & PROT_WRITE)) give_up("a file is mapped for writing", "mmap");
    return real_mmap(address, length, protection, flags, fd, offset);
}
void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    return mmap(address, length, protection, flags, fd, offset);
}
#define FORBIDDEN(name, signature)                                                                                     \
    ssize_t name signature {                                                                                           \
        if (file_of(fd)) give_up("not followed", #name);                                                               \
        ssize_t (*real) signature = dlsym(RTLD_NEXT, #name);                                                           \
        return real(fd, parts, count REST);                                                                            \
    }
#define REST
FORBIDDEN(writev, (int fd, const struct iovec *parts, int count))
#undef REST
#define REST , offset
FORBIDDEN(pwritev, (int fd, const struct iovec *parts, int count, off_t offset))
FORBIDDEN(pwritev64, (int fd, const struct iovec *parts, int count, off_t offset))
