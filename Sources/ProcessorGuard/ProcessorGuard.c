// A program built for a newer processor (`make MARCH=x86-64-v3`) says so on an older one before anything else runs,
// instead of dying of an illegal instruction somewhere. The portable build needs no guard and has none.
#include "ProcessorGuard.h"

#if defined(__x86_64__) && defined(__AVX2__)
#include <unistd.h>

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#define NEEDS "AVX-512"
#define SUPPORTED                                                                                          \
    (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
#else
#define NEEDS "AVX2, FMA and BMI2"
#define SUPPORTED (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
#endif

// The guard itself must run everywhere.
__attribute__((constructor, target("arch=x86-64"))) static void guard_processor(void) {
    static const char fault[] =
        "This program was built for a processor with " NEEDS ", which this machine has not. "
        "Build it for this machine: 'make build', or 'make MARCH=native build'.\n";
    __builtin_cpu_init();
    if (!SUPPORTED) {
        if (write(STDERR_FILENO, fault, sizeof fault - 1) < 0) _exit(2);
        _exit(1);
    }
}
#endif
