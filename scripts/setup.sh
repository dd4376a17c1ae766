#!/usr/bin/env bash
# Installs the Debian packages that are missing, and checks the Swift toolchain.
# Usage: setup.sh run|test|figures    Does nothing, quickly, when nothing is missing.
set -euo pipefail

what=${1:?usage: setup.sh run|test|figures}

# Building and the demo site.
packages=(
    git pkg-config libopencv-dnn-dev libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libsqlite3-dev
    libmosquitto-dev libcurl4-openssl-dev libssl-dev
    ffmpeg python3 python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good
    gstreamer1.0-plugins-bad gstreamer1.0-libav gstreamer1.0-tools
)
# The tests look at the dashboard in a browser; the figures compare with another program.
case $what in
run) ;;
test) packages+=(binutils mosquitto mosquitto-clients chromium chromium-driver prometheus python3-venv) ;;
figures) packages+=(binutils motion python3-venv) ;;
*)
    echo "setup: unknown list '$what'. Use run, test or figures." >&2
    exit 2
    ;;
esac

check_swift() {
    local needed_major=6 needed_minor=3 answer version
    if ! command -v swift >/dev/null; then
        echo "setup: no 'swift' on the PATH. Install Swift 6.3 or newer: https://www.swift.org/install/linux/" >&2
        exit 1
    fi
    if ! answer=$(swift --version 2>&1); then
        echo "setup: 'swift' does not start: $answer" >&2
        echo "setup: install the packages that Swift needs: https://www.swift.org/install/linux/tarball/" >&2
        exit 1
    fi
    version=$(sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' <<<"$answer" | head -n 1)
    if [[ ! $version =~ ^[0-9]+\.[0-9]+$ ]]; then
        echo "setup: 'swift --version' gives no version. Reinstall Swift 6.3 or newer: https://www.swift.org/install/linux/" >&2
        exit 1
    fi
    if ((${version%.*} < needed_major || (${version%.*} == needed_major && ${version#*.} < needed_minor))); then
        echo "setup: Swift $version is too old. Install Swift 6.3 or newer: https://www.swift.org/install/linux/" >&2
        exit 1
    fi
}

missing_packages() {
    local package
    for package in "${packages[@]}"; do
        if [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
            echo "$package"
        fi
    done
}

check_swift
if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is no Debian. Install what matches these packages yourself: ${packages[*]}" >&2
    exit 1
fi
mapfile -t missing < <(missing_packages)
if ((${#missing[@]} == 0)); then
    exit 0
fi

as_root=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        echo "setup: not root and no sudo. As root, run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
echo "setup: installing ${missing[*]}"
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q --yes --no-install-recommends)
# The package lists may be absent on a fresh machine, or older than the archive; they are refreshed only then.
if ! apt-get install --simulate "${missing[@]}" >/dev/null 2>&1 || ! "${install[@]}" "${missing[@]}"; then
    "${as_root[@]}" apt-get update -q
    "${install[@]}" "${missing[@]}"
fi
