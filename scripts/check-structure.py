#!/usr/bin/env python3
"""Holds the sources against the architecture: who may import whom, and what a file may grow to.

Prints one line per violation and ends with status 1 when there is any.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# From the top of the house to its ground: a module imports only modules of a later line.
FLOORS = [
    ["lookout", "render-scene"],
    ["Center", "Watch"],
    ["Alerting"],
    ["Channels", "EventBus"],
    ["SmokeModels"],
    ["Evidence", "SiteConfiguration"],
    ["Journal"],
    ["Incidents"],
    ["Geolocation", "Detection", "Inference", "Media", "SyntheticScenes"],
    ["PixelKernels", "Domain"],
    ["CFFmpeg", "CPrefetch", "CNATS", "CMosquitto", "CCurl", "CMalloc", "COpenSSL", "COpenCV", "CSmokeModels", "ProcessorGuard"],
]
# Pure Swift: no Foundation, no C library.
PURE = {"Domain", "PixelKernels", "Detection", "Incidents", "SyntheticScenes"}
# Modules of the language and the system, which anyone may use.
SYSTEM = {"Foundation", "FoundationEssentials", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin", "Swift"}
# Outside dependencies that more than one module needs: each executable parses arguments, everyone may log.
SHARED = {"ArgumentParser", "Logging", "ServiceLifecycle", "UnixSignals"}
MAXIMUM_LINES = 500

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public\s+|package\s+|internal\s+|fileprivate\s+|private\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|let|var|typealias)\s+)?(\w+)", re.M)
TYPE = re.compile(r"\b(?:struct|class|enum|protocol|actor|typealias)\s+(\w+)")


def swift_files(folder):
    return sorted(path for path in folder.rglob("*.swift") if ".build" not in path.parts)


def main():
    package = json.loads(subprocess.run(
        ["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    targets = {target["name"]: target for target in package["targets"]}
    floor_of = {name: floor for floor, names in enumerate(FLOORS) for name in names}
    faults = []
    importers = {}

    for name, target in targets.items():
        # What only tests use stands beside them and may import what it tests.
        if target["type"] == "test" or (target.get("path") or "").startswith("Tests/"):
            continue
        if name not in floor_of:
            faults.append(f"Package.swift: target {name} has no floor in scripts/check-structure.py")
            continue
        declared = set()
        for dependency in target["dependencies"]:
            declared.add((dependency.get("byName") or dependency.get("target") or dependency.get("product"))[0])
        for other in declared & floor_of.keys():
            if floor_of[other] <= floor_of[name]:
                faults.append(f"Package.swift: {name} depends on {other}, which is not below it")
        folder = ROOT / (target.get("path") or f"Sources/{name}")
        for path in swift_files(folder):
            text = path.read_text(encoding="utf-8")
            where = path.relative_to(ROOT)
            for module in set(IMPORT.findall(text)):
                if module in SYSTEM:
                    if name in PURE and module != "Synchronization":
                        faults.append(f"{where}: {name} is pure Swift and imports no {module}")
                elif module in targets:
                    if module not in declared:
                        faults.append(f"{where}: imports {module}, which Package.swift does not give to {name}")
                elif name in PURE:
                    faults.append(f"{where}: {name} is pure Swift and imports no {module}")
                if module not in SYSTEM | SHARED and (module not in targets or targets[module]["type"] == "system"):
                    importers.setdefault(module, set()).add(name)

    for module, names in sorted(importers.items()):
        if len(names) > 1:
            faults.append(f"{module} is imported by {', '.join(sorted(names))}: an outside dependency has one importer")

    for folder in ("Sources", "Tests"):
        for path in swift_files(ROOT / folder):
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > MAXIMUM_LINES:
                faults.append(f"{path.relative_to(ROOT)}: {lines} lines; split it (at most {MAXIMUM_LINES})")

    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
