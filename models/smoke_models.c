#include "smoke_models.h"

// C23's way of taking a file in as it is; the compiler knows it in every mode and says that it is new.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char tower_trees[] = {
#embed "smoke-tower-trees.json"
};
static const unsigned char tower_network_1[] = {
#embed "smoke-tower-network-1.json"
};
static const unsigned char tower_network_2[] = {
#embed "smoke-tower-network-2.json"
};
static const unsigned char near_trees[] = {
#embed "smoke-near-trees.json"
};
static const unsigned char near_network[] = {
#embed "smoke-near-network.json"
};
static const unsigned char sums[] = {
#embed "SHA256SUMS"
};

static const struct lookout_model_file files[] = {
    {"smoke-tower-trees.json", tower_trees, sizeof tower_trees},
    {"smoke-tower-network-1.json", tower_network_1, sizeof tower_network_1},
    {"smoke-tower-network-2.json", tower_network_2, sizeof tower_network_2},
    {"smoke-near-trees.json", near_trees, sizeof near_trees},
    {"smoke-near-network.json", near_network, sizeof near_network},
    {"SHA256SUMS", sums, sizeof sums},
};

size_t lookout_model_file_count(void) { return sizeof files / sizeof *files; }

struct lookout_model_file lookout_model_file_at(size_t index) {
    struct lookout_model_file none = {"", 0, 0};
    return index < lookout_model_file_count() ? files[index] : none;
}
