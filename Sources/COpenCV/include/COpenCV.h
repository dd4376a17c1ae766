#pragma once
// A neural network as a function, by OpenCV's DNN module. No exception passes this interface: what goes wrong is told
// as text. A network may be used by one thread at a time.
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { lookout_most_dimensions = 8 };

typedef enum {
    lookout_loading_done = 0,
    // OpenCV says why it cannot: in the message.
    lookout_loading_refused = 1,
    // The attempt died by a signal or took too long; it was made in a process of its own.
    lookout_loading_crashed = 2,
} lookout_loading;

typedef struct lookout_network lookout_network;

// Reads an ONNX network of one input and runs it once on zeros. A broken file can take OpenCV's importer down, so that this is first
// done by a child process with a limit of processor time and memory. Blocks until it is done.
lookout_loading lookout_network_load(
    const uint8_t *bytes, size_t count, const int *shape, int rank, lookout_network **network, char *message,
    size_t capacity);

void lookout_network_free(lookout_network *network);

// Runs the network on as many numbers as its input's shape asks for. 0 when it went well.
int lookout_network_run(lookout_network *network, const float *input, char *message, size_t capacity);

// What the last run gave.
int lookout_network_output_count(const lookout_network *network);
// OpenCV's name of the layer that makes this output.
const char *lookout_network_output_name(const lookout_network *network, int index);
// Rank, at most lookout_most_dimensions; the sizes are written to `shape`.
int lookout_network_output_shape(const lookout_network *network, int index, int *shape);
const float *lookout_network_output_values(const lookout_network *network, int index);

#ifdef __cplusplus
}
#endif
