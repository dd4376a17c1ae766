// The model files of the smoke detector, as they stand in this folder, inside the program.
#ifndef LOOKOUT_SMOKE_MODELS_H
#define LOOKOUT_SMOKE_MODELS_H

#include <stddef.h>

/// One file: its name and its bytes, which live as long as the program.
struct lookout_model_file {
    const char *name;
    const unsigned char *bytes;
    size_t count;
};

/// Number of files, the list of hashes among them.
size_t lookout_model_file_count(void);

/// File `index`, from 0; an empty one with an empty name where there is none.
struct lookout_model_file lookout_model_file_at(size_t index);

#endif
