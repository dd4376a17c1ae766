#include "COpenCV.h"

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn/dnn.hpp>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct lookout_network {
    cv::dnn::Net net;
    std::vector<int> input_shape;
    std::vector<cv::String> output_names;
    std::vector<cv::Mat> outputs;

    void run(const float *values) {
        // OpenCV copies what it is given before it runs.
        net.setInput(cv::Mat(input_shape, CV_32F, const_cast<float *>(values)));
        std::vector<cv::Mat> made;
        net.forward(made, output_names);
        outputs.clear();
        for (const cv::Mat &output : made) {
            if (output.depth() != CV_32F || output.dims > lookout_most_dimensions)
                throw std::runtime_error("an output is not of 32-bit floating point numbers");
            outputs.push_back(output.isContinuous() ? output : output.clone());
        }
    }
};

namespace {

const rlim_t trial_seconds = 30;
const rlim_t trial_bytes = rlim_t(4) << 30;

void tell(char *message, size_t capacity, const char *text) {
    if (capacity > 0)
        std::snprintf(message, capacity, "%s", text);
}

// Errors come as exceptions; OpenCV would print them as well.
void prepare() {
    static std::once_flag once;
    std::call_once(once, [] {
        cv::setNumThreads(1);
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        cv::redirectError([](int, const char *, const char *, const char *, int, void *) { return 0; });
    });
}

template <typename Body> bool guarded(char *message, size_t capacity, Body body) {
    try {
        body();
        return true;
    } catch (const cv::Exception &error) {
        tell(message, capacity, error.err.empty() ? error.what() : error.err.c_str());
    } catch (const std::exception &error) {
        tell(message, capacity, error.what());
    } catch (...) {
        tell(message, capacity, "unknown error");
    }
    return false;
}

bool build(
    lookout_network &network, const uint8_t *bytes, size_t count, const int *shape, int rank,
    char *message, size_t capacity) {
    return guarded(message, capacity, [&] {
        network.net = cv::dnn::readNetFromONNX(reinterpret_cast<const char *>(bytes), count);
        network.net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        network.net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        network.output_names = network.net.getUnconnectedOutLayersNames();
        if (network.output_names.empty())
            throw std::runtime_error("it has no output");
        network.input_shape.assign(shape, shape + rank);
        size_t size = 1;
        for (int length : network.input_shape)
            size *= size_t(length);
        network.run(std::vector<float>(size).data());
    });
}

void limit(int resource, rlim_t value) {
    const rlimit bound{value, value};
    setrlimit(resource, &bound);
}

// In the child: only calls that need no other thread. Signals get their own meaning back, so that no handler of the
// parent looks into the crash.
void restrain() {
    for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGXCPU, SIGALRM})
        std::signal(signal, SIG_DFL);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, trial_seconds);
    alarm(2 * trial_seconds);
    unsigned long pages = 0;
    if (FILE *file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%lu", &pages) == 1)
            limit(RLIMIT_AS, rlim_t(pages) * rlim_t(sysconf(_SC_PAGESIZE)) + trial_bytes);
        std::fclose(file);
    }
    if (!std::freopen("/dev/null", "w", stderr))
        std::fclose(stderr);
}

// Reads and runs the network in a child process. Nothing but its message comes back.
lookout_loading attempt(
    const uint8_t *bytes, size_t count, const int *shape, int rank, char *message,
    size_t capacity) {
    int ends[2];
    const pid_t child = pipe(ends) == 0 ? fork() : -1;
    if (child < 0) {
        tell(message, capacity, std::strerror(errno));
        return lookout_loading_refused;
    }
    if (child == 0) {
        restrain();
        char reason[512] = "unknown error";
        lookout_network trial;
        const bool is_good = build(trial, bytes, count, shape, rank, reason, sizeof reason);
        if (!is_good && write(ends[1], reason, std::strlen(reason)) < 0)
            _exit(1);
        _exit(is_good ? 0 : 1);
    }
    close(ends[1]);
    char reason[512];
    ssize_t length;
    while ((length = read(ends[0], reason, sizeof reason - 1)) < 0 && errno == EINTR) {
    }
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status))
        return lookout_loading_crashed;
    reason[length < 0 ? 0 : length] = 0;
    tell(message, capacity, reason);
    return WEXITSTATUS(status) == 0 ? lookout_loading_done : lookout_loading_refused;
}

} // namespace

lookout_loading lookout_network_load(
    const uint8_t *bytes, size_t count, const int *shape, int rank, lookout_network **network, char *message,
    size_t capacity) {
    prepare();
    *network = nullptr;
    const lookout_loading tried = attempt(bytes, count, shape, rank, message, capacity);
    if (tried != lookout_loading_done)
        return tried;
    // What the child could do goes well here too.
    lookout_network *made = nullptr;
    if (!guarded(message, capacity, [&] { made = new lookout_network; }))
        return lookout_loading_refused;
    if (!build(*made, bytes, count, shape, rank, message, capacity)) {
        delete made;
        return lookout_loading_refused;
    }
    *network = made;
    return lookout_loading_done;
}

void lookout_network_free(lookout_network *network) { delete network; }

int lookout_network_run(lookout_network *network, const float *input, char *message, size_t capacity) {
    return guarded(message, capacity, [&] { network->run(input); }) ? 0 : 1;
}

int lookout_network_output_count(const lookout_network *network) { return int(network->outputs.size()); }

const char *lookout_network_output_name(const lookout_network *network, int index) {
    return network->output_names[size_t(index)].c_str();
}

int lookout_network_output_shape(const lookout_network *network, int index, int *shape) {
    const cv::Mat &output = network->outputs[size_t(index)];
    for (int k = 0; k < output.dims; k++)
        shape[k] = output.size[k];
    return output.dims;
}

const float *lookout_network_output_values(const lookout_network *network, int index) {
    return network->outputs[size_t(index)].ptr<float>();
}
