/*
 * The wall clock of a process and of its children, ahead by CLOCK_SHIFT_SECONDS.
 *
 * Preloaded, it moves what programs read as the time of day, and moves the deadlines back that they
 * make of it and wait for. Everything else stays true: monotonic clocks, waits of so many seconds,
 * timers of processors, the times of files. A program that asks the kernel without the C library
 * (Go's, and what is linked statically) keeps the true time.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(time_t) == 8, "a 32-bit system has two sets of these functions");

/* A deadline beyond this is one of the wall clock: no machine has been up for 31 years. */
#define WALL_CLOCK 1000000000

#define SHIFT "CLOCK_SHIFT_SECONDS="
#define PRELOAD "LD_PRELOAD="
static char handed_down[2][4096];

/* pthread_cond_timedwait also exists in the shape it had before 2003, which dlsym may find first. */
static void *find(const char *name) {
    void *found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    return found ? found : dlsym(RTLD_NEXT, name);
}

#define REAL(name) \
    ({ \
        static __typeof__(&name) found; \
        if (!found) found = (__typeof__(&name))find(#name); \
        found; \
    })

/* Other libraries ask for the time before our constructor has run. */
static time_t shift(void) {
    static time_t seconds;
    static int is_known;
    if (!is_known) {
        const char *given = getenv("CLOCK_SHIFT_SECONDS");
        seconds = given ? strtoll(given, NULL, 10) : 0;
        is_known = 1;
    }
    return seconds;
}

/* What is read: from the kernel itself, since allocators ask while they begin, and dlsym allocates. */

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = (int)syscall(SYS_clock_gettime, clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ||
                    clock == CLOCK_REALTIME_ALARM || clock == CLOCK_TAI))
        now->tv_sec += shift();
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int failed = (int)syscall(SYS_gettimeofday, now, zone);
    if (!failed) now->tv_sec += shift();
    return failed;
}

time_t time(time_t *kept) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept) *kept = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *now, int base) {
    int given = REAL(timespec_get)(now, base);
    if (given == TIME_UTC) now->tv_sec += shift();
    return given;
}

/* What is waited for. */

static const struct timespec *true_time(const struct timespec *at, struct timespec *moved) {
    if (!at || at->tv_sec < WALL_CLOCK) return at;
    *moved = *at;
    moved->tv_sec -= shift();
    return moved;
}

#define UNTIL(type, name, parameters, ...) \
    type name parameters { \
        struct timespec moved; \
        return REAL(name)(__VA_ARGS__); \
    }
#define AT const struct timespec *restrict at
#define TRULY true_time(at, &moved)

UNTIL(int, sem_timedwait, (sem_t *restrict s, AT), s, TRULY)
UNTIL(int, sem_clockwait, (sem_t *restrict s, clockid_t c, AT), s, c, TRULY)
UNTIL(int, pthread_cond_timedwait,
      (pthread_cond_t *restrict d, pthread_mutex_t *restrict m, AT), d, m, TRULY)
UNTIL(int, pthread_cond_clockwait,
      (pthread_cond_t *restrict d, pthread_mutex_t *restrict m, clockid_t c, AT), d, m, c, TRULY)
UNTIL(int, pthread_mutex_timedlock, (pthread_mutex_t *restrict m, AT), m, TRULY)
UNTIL(int, pthread_mutex_clocklock, (pthread_mutex_t *restrict m, clockid_t c, AT), m, c, TRULY)
UNTIL(int, pthread_rwlock_timedrdlock, (pthread_rwlock_t *restrict l, AT), l, TRULY)
UNTIL(int, pthread_rwlock_timedwrlock, (pthread_rwlock_t *restrict l, AT), l, TRULY)
UNTIL(int, pthread_rwlock_clockrdlock,
      (pthread_rwlock_t *restrict l, clockid_t c, AT), l, c, TRULY)
UNTIL(int, pthread_rwlock_clockwrlock,
      (pthread_rwlock_t *restrict l, clockid_t c, AT), l, c, TRULY)
UNTIL(int, pthread_timedjoin_np, (pthread_t t, void **r, const struct timespec *at), t, r, TRULY)
UNTIL(int, pthread_clockjoin_np,
      (pthread_t t, void **r, clockid_t c, const struct timespec *at), t, r, c, TRULY)
UNTIL(int, cnd_timedwait, (cnd_t *restrict d, mtx_t *restrict m, AT), d, m, TRULY)
UNTIL(int, mtx_timedlock, (mtx_t *restrict m, AT), m, TRULY)
UNTIL(int, mq_timedsend, (mqd_t q, const char *b, size_t n, unsigned p, const struct timespec *at),
      q, b, n, p, TRULY)
UNTIL(ssize_t, mq_timedreceive,
      (mqd_t q, char *restrict b, size_t n, unsigned *restrict p, AT), q, b, n, p, TRULY)

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *at, struct timespec *left) {
    struct timespec moved;
    return REAL(clock_nanosleep)(clock, flags, flags & TIMER_ABSTIME ? TRULY : at, left);
}

static const struct itimerspec *true_start(const struct itimerspec *at, struct itimerspec *moved) {
    if (!at) return at;
    *moved = *at;
    true_time(&at->it_value, &moved->it_value);
    return moved;
}

int timer_settime(timer_t timer, int flags, const struct itimerspec *restrict at,
                  struct itimerspec *restrict before) {
    struct itimerspec moved;
    const struct itimerspec *start = flags & TIMER_ABSTIME ? true_start(at, &moved) : at;
    return REAL(timer_settime)(timer, flags, start, before);
}

int timerfd_settime(int timer, int flags, const struct itimerspec *at, struct itimerspec *before) {
    struct itimerspec moved;
    const struct itimerspec *start = flags & TFD_TIMER_ABSTIME ? true_start(at, &moved) : at;
    return REAL(timerfd_settime)(timer, flags, start, before);
}

/*
 * Children inherit it, also from those who give them an environment of their own. Nothing is
 * allocated: a child of vfork shares its parent's memory.
 */

static int stands_in(char *const env[], const char *name) {
    for (; *env; env++)
        if (!strncmp(*env, name, strlen(name))) return 1;
    return 0;
}

static size_t length(char *const env[]) {
    size_t count = 0;
    while (env && env[count]) count++;
    return count;
}

static char **extend(char *const env[], size_t count, char **longer) {
    memcpy(longer, env, count * sizeof *longer);
    longer[count] = NULL;
    for (int i = 0; i < 2; i++)
        if (*handed_down[i] && !stands_in(longer, i ? PRELOAD : SHIFT)) {
            longer[count++] = handed_down[i];
            longer[count] = NULL;
        }
    return longer;
}

#define HANDING_DOWN(name, env, ...) \
    size_t count = length(env); \
    char *longer[count + 3]; \
    return real_##name()(__VA_ARGS__, extend(env, count, longer))

#define FOUND_ONCE(name) \
    static __typeof__(&name) real_##name(void) { return REAL(name); }
FOUND_ONCE(execve)
FOUND_ONCE(execvpe)
FOUND_ONCE(posix_spawn)
FOUND_ONCE(posix_spawnp)

int execve(const char *path, char *const argv[], char *const env[]) {
    HANDING_DOWN(execve, env, path, argv);
}

int execvpe(const char *file, char *const argv[], char *const env[]) {
    HANDING_DOWN(execvpe, env, file, argv);
}

int execv(const char *path, char *const argv[]) { return execve(path, argv, environ); }

int execvp(const char *file, char *const argv[]) { return execvpe(file, argv, environ); }

int posix_spawn(pid_t *restrict pid, const char *restrict path,
                const posix_spawn_file_actions_t *restrict actions,
                const posix_spawnattr_t *restrict how, char *const argv[restrict],
                char *const env[restrict]) {
    HANDING_DOWN(posix_spawn, env, pid, path, actions, how, argv);
}

int posix_spawnp(pid_t *restrict pid, const char *restrict file,
                 const posix_spawn_file_actions_t *restrict actions,
                 const posix_spawnattr_t *restrict how, char *const argv[restrict],
                 char *const env[restrict]) {
    HANDING_DOWN(posix_spawnp, env, pid, file, actions, how, argv);
}

__attribute__((constructor)) static void begin(void) {
    const char *seconds = getenv("CLOCK_SHIFT_SECONDS"), *library = getenv("LD_PRELOAD");
    if (seconds) snprintf(handed_down[0], sizeof *handed_down, SHIFT "%s", seconds);
    if (library) snprintf(handed_down[1], sizeof *handed_down, PRELOAD "%s", library);
    shift();
    /* Looked up now: between fork and exec that is not allowed. */
    real_execve();
    real_execvpe();
}
