#!/usr/bin/env python3
"""Disassembles the kernels of a build and prints the vector width of each of their loops; exit 1 when one is scalar.

usage: check-kernels.py OBJECTS [SOURCES]
OBJECTS: the folder with the object files; SOURCES: that with their sources, Sources/PixelKernels unless named.

A kernel is a function marked `@inline(never)`. Its loops are found in the source, their instructions by
the line table, through whatever was inlined into them. A loop counts as vector code when vector instructions on memory
or integers come from it; the scalar remainders that the compiler adds around it do not matter.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KERNELS = ROOT / "Sources" / "PixelKernels"

FUNCTION = re.compile(r"@inline\(never\)\s+(?:(?:public|private|fileprivate|static|mutating)\s+)*func\s+(\w+)")
LOOP = re.compile(r"\bfor\s+\w+\s+in\b|\bwhile\b")
PLACE = re.compile(r"^(?:\s*inlined by )?(/\S*?([^/]+\.swift)):(\d+)")
INSTRUCTION = re.compile(r"^\s+[0-9a-f]+:\s+(\S+)\s*(.*)")
# Packed integers, bitwise operations and moves of whole vectors; a `movd` or a `movss` is a scalar in a vector register.
VECTOR = re.compile(r"^v?(?:p(?:add|sub|and|or|xor|max|min|cmp|avg|mul|madd|unpck|pack|sll|srl|sra|shuf|blend|movzx|ternlog)"
                    r"|mov(?:dq[au]|[au]p[sd]|ntdq)|and(?:n)?p[sd]|x?orp[sd]|pmov)")
REGISTERS = (("%zmm", 64), ("%ymm", 32), ("%xmm", 16))


def closing_brace(text, start):
    """Where the brace that opens at or after `start` is closed. The kernels hold no braces in strings or comments."""
    depth = 0
    for at in range(text.index("{", start), len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    raise ValueError("a brace stays open")


def without_comments(text):
    return re.sub(r"//[^\n]*", lambda comment: " " * len(comment.group()), text)


def kernel_loops(folder):
    """(kernel, file name, first line, last line) of each loop that stands in no other loop."""
    for path in sorted(folder.glob("*.swift")):
        text = without_comments(path.read_text(encoding="utf-8"))
        for function in FUNCTION.finditer(text):
            # The body is the first brace after the parameters.
            body = text.index("{", closing_parenthesis(text, function.end()))
            end = closing_brace(text, body)
            at = body
            while (loop := LOOP.search(text, at, end)) is not None:
                last = closing_brace(text, loop.start())
                lines = [text.count("\n", 0, place) + 1 for place in (loop.start(), last)]
                yield function.group(1), path.name, *lines
                at = last


def closing_parenthesis(text, start):
    depth = 0
    for at in range(text.index("(", start), len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    raise ValueError("a parenthesis stays open")


def instructions(objects):
    """(set of (file name, line) that an instruction comes from, its name, its operands)."""
    listing = subprocess.run(
        ["objdump", "--disassemble", "--line-numbers", "--inlines", "--no-show-raw-insn", *objects], check=True,
        capture_output=True, text=True).stdout
    places, complete = set(), False
    for line in listing.splitlines():
        if (instruction := INSTRUCTION.match(line)) is not None:
            complete = True
            yield places, instruction.group(1), instruction.group(2)
        elif (place := PLACE.match(line)) is not None:
            if complete:
                places, complete = set(), False
            places.add((place.group(2), int(place.group(3))))
        elif line.endswith(">:") or line.endswith("():"):
            if complete:
                places, complete = set(), False


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.split("\n\n")[1])
    objects = sorted(str(path) for path in pathlib.Path(sys.argv[1]).glob("*.o"))
    if not objects:
        sys.exit(f"check-kernels: no object files in {sys.argv[1]}. Build the module first")
    loops = list(kernel_loops(pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else KERNELS))
    if not loops:
        sys.exit("check-kernels: no function marked @inline(never) has a loop")
    width = [0] * len(loops)
    count = [0] * len(loops)
    vectors = [0] * len(loops)
    library = [""] * len(loops)
    for places, name, operands in instructions(objects):
        for index, (_, file, first, last) in enumerate(loops):
            if not any(where == file and first <= line <= last for where, line in places):
                continue
            count[index] += 1
            if (call := re.search(r"\bmem(?:cpy|move|set)\b", operands)) is not None:
                library[index] = call.group()
            if VECTOR.match(name):
                vectors[index] += 1
                width[index] = max([width[index]] + [size for prefix, size in REGISTERS if prefix in operands])

    faults = 0
    for index, (kernel, file, first, _) in enumerate(loops):
        how = f"{width[index]:3} bytes" if width[index] else library[index] or "SCALAR" if count[index] else "absent"
        faults += how == "SCALAR"
        print(f"{kernel:16} {file}:{first:<5} {how:10} {vectors[index]:4} of {count[index]:4} instructions")
    print(f"{len(loops)} loops in {len({(k, f) for k, f, *_ in loops})} kernels, {faults} scalar")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
