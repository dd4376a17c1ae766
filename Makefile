# Lookout. `make` lists the targets.

# A newer instruction set for the kernels, for machines that have it: make MARCH=x86-64-v3 run
MARCH ?=
# `make CONFIGURATION=debug run` starts the demo from the debug build.
CONFIGURATION ?= release
# Debian's own Python: the GStreamer bindings are installed for that one.
PYTHON := /usr/bin/python3
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT_FLAGS := $(if $(MARCH),-Xcc -march=$(MARCH))

.DEFAULT_GOAL := help
.PHONY: help setup setup-test setup-figures build install run test lint format kernels bench figures sanitize fuzz soak score score-smoke train

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## install the system packages that building and running need
	@scripts/setup.sh run

setup-test: ## install the system packages that the tests need
	@scripts/setup.sh test

setup-figures: ## install what the comparisons with other programs need
	@scripts/setup.sh figures

build: setup ## build everything for production (release)
	swift build -c release $(SWIFT_FLAGS)

install: ## install what 'make build' made as a service of systemd, as root; DESTDIR, PREFIX=/usr/local
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install.sh .build/release

run: setup ## build, start the demo cameras and watch them; prints the dashboard's address
	@SWIFT_FLAGS="$(SWIFT_FLAGS)" CONFIGURATION=$(CONFIGURATION) scripts/run-demo.sh

test: setup-test ## build and run all tests
	swift build --build-tests $(SWIFT_FLAGS)
	@PYTHON=$(PYTHON) scripts/test-stages.sh $(SWIFT_FLAGS)

sanitize: setup-test ## run the tests most at risk under the thread and address sanitizers
	scripts/sanitize.sh thread short
	scripts/sanitize.sh address short

fuzz: setup-test ## let libFuzzer invent configurations, requests, recordings, clips and RTSP sessions, a minute each
	scripts/fuzz.sh 60

# make soak SHARE=0.01 goes through all of it in well under an hour.
SHARE ?= 1
soak: setup-test ## everything that takes long: kills, faults, hours of watching, 64 cameras, fuzzing, sanitizers; SHARE=0.01
	@PYTHON=$(PYTHON) scripts/soak.sh $(SHARE) $(SWIFT_FLAGS)

lint: ## check format and structure, change nothing
	swift format lint --strict --recursive --parallel Sources Tests Package.swift
	@$(PYTHON) scripts/check-structure.py

format: ## bring the sources into their format
	swift format format --in-place --recursive --parallel Sources Tests Package.swift

kernels: setup ## show the vector width of each kernel; check that builds for newer processors find the same
	@scripts/check-instruction-sets.sh $(MARCH)

bench: setup-figures ## measure kernels, detector (beside OpenCV), rendering and analysis; PART=kernels|detector|programs
	@SWIFT_FLAGS="$(SWIFT_FLAGS)" PYTHON=$(PYTHON) scripts/bench.sh $(PART)

# FORM=short takes minutes instead of hours.
FORM ?= full
score-smoke: setup ## score smoke detection on rendered quiet hours, distractors and plumes with exact truth; FORM=short
	@scripts/score-smoke.sh $(FORM)

# Labels as `lookout evaluate sequences` reads them, several separated by spaces, and a folder of stills in which nothing
# burns: make train LABELS="a.yaml b.yaml" STILLS=folder. Without them the near models come from rendered places alone.
# The shipped models stay as they are: see models/README.md.
LABELS ?=
STILLS ?=
OUT ?= .build/trained-models
train: setup ## train the models of the smoke detector: make train, or make train LABELS=labels.yaml
	test -d .build/train-python || python3 -m venv .build/train-python
	.build/train-python/bin/pip install --quiet --requirement models/train/requirements.txt
	.build/train-python/bin/python models/train/write_reference.py Tests/DetectionTests/smoke-reference.json
	.build/train-python/bin/python models/train/train_smoke.py $(addprefix --labels ,$(LABELS)) \
	    $(addprefix --stills ,$(STILLS)) --out $(OUT)

score: setup-test ## hold motion and tamper detection against what is asked of them: labelled footage, weather, attacks, rendered scenes
	swift build -c release $(SWIFT_FLAGS) --product lookout
	swift build --build-tests $(SWIFT_FLAGS)
	LOOKOUT_BUILD=$$(swift build -c release $(SWIFT_FLAGS) --show-bin-path) $(PYTHON) Tests/Figures/score_motion.py
	LOOKOUT_BUILD=$$(swift build -c release $(SWIFT_FLAGS) --show-bin-path) $(PYTHON) Tests/Figures/score_tamper.py

figures: setup-figures ## compare 16 cameras with the program `motion`; time from person to event
	swift build -c release $(SWIFT_FLAGS) --product render-scene
	swift build -c release $(SWIFT_FLAGS) --product lookout
	LOOKOUT_BUILD=$$(swift build -c release $(SWIFT_FLAGS) --show-bin-path) $(PYTHON) Tests/Figures/sixteen_cameras.py
	LOOKOUT_BUILD=$$(swift build -c release $(SWIFT_FLAGS) --show-bin-path) $(PYTHON) Tests/Figures/latency.py
	LOOKOUT_BUILD=$$(swift build -c release $(SWIFT_FLAGS) --show-bin-path) $(PYTHON) Tests/Figures/many_cameras.py
	LOOKOUT_BUILD=$$(swift build -c release $(SWIFT_FLAGS) --show-bin-path) $(PYTHON) Tests/Figures/decode_cost.py
	LOOKOUT_BUILD=$$(swift build -c release $(SWIFT_FLAGS) --show-bin-path) $(PYTHON) Tests/Figures/decode_score.py
	LOOKOUT_BUILD=$$(swift build -c release $(SWIFT_FLAGS) --show-bin-path) $(PYTHON) Tests/Figures/memory.py
	LOOKOUT_BUILD=$$(swift build -c release $(SWIFT_FLAGS) --show-bin-path) $(PYTHON) Tests/Figures/objects.py
