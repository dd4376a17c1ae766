#!/usr/bin/env python3
"""What a classifier does to false incidents and to people found: each clip without it, with it, and with a camera that
asks for people and vehicles. Usage: objects.py [CLIP…]    Needs LOOKOUT_BUILD and the footage beside the project.
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared"
MODEL = SHARED / "models/yolox_nano.onnx"
CLASSIFY = f", classify: {{model: {MODEL}}}"
SETTINGS = {"none": "", "told": CLASSIFY, "asked": CLASSIFY + ", objects: [person, vehicle]"}


def analyse(clip, keys):
    """Motion incidents of the clip, and seconds of processor time."""
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "streams.yaml")
        config.write_text(f"cameras: [{{id: clip, source: clip{keys}}}]")
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        lookout = pathlib.Path(os.environ["LOOKOUT_BUILD"], "lookout")
        done = subprocess.run(
            [lookout, "analyze", clip, "--config", config, "--json", "-"], check=True, capture_output=True, text=True)
        spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [line for line in lines if line.get("kind") == "motion"], spent


def shown(incidents):
    tracks = sum(len(incident["tracks"]) for incident in incidents)
    objects = [incident["object"] for incident in incidents if incident.get("object")]
    words = [f"{o['label']} {o['confidence']:.2f}" if o["state"] == "recognised" else o["state"] for o in objects]
    return f"{len(incidents)} / {tracks}" + (f" ({', '.join(words)})" if words else "")


def main():
    clips = [pathlib.Path(name) for name in sys.argv[1:]]
    if not MODEL.exists():
        print("skipped: no ../shared")
        return
    clips = clips or [SHARED / "data/motion/vtest.avi"] + sorted((SHARED / "data/negative").iterdir())
    print("incidents / tracks in them; what the surest was taken for; seconds of processor time")
    print(f"{'clip':22} {'no classifier':16} {'told':34} {'people and vehicles only':34} seconds")
    for clip in clips:
        runs = {name: analyse(clip, keys) for name, keys in SETTINGS.items()}
        cells = {name: shown(incidents) for name, (incidents, _) in runs.items()}
        seconds = " ".join(f"{spent:.1f}" for _, spent in runs.values())
        print(f"{clip.name:22} {cells['none']:16} {cells['told']:34} {cells['asked']:34} {seconds}", flush=True)


if __name__ == "__main__":
    main()
