#!/usr/bin/env bash
# Installs the release build for systemd: program, unit, user, documents, and a configuration where there is none yet.
# Usage: [PREFIX=/usr/local] [DESTDIR=] install.sh FOLDER-OF-THE-BUILD
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=${1:?usage: install.sh FOLDER-OF-THE-BUILD}
prefix=${PREFIX:-/usr/local}
root=${DESTDIR:-}
if [[ ! -x $build/lookout ]]; then
    echo "install: there is no $build/lookout. Run 'make build' first." >&2
    exit 1
fi
program=$prefix/lib/lookout
documents=$prefix/share/doc/lookout

if [[ -z $root && $EUID -ne 0 ]]; then
    echo "install: writes to $prefix and /etc: run it as root, 'sudo make install', or give DESTDIR=folder." >&2
    exit 1
fi

install -d "$root$program" "$root$prefix/bin" "$root$documents/docs"
# Beside the program, where it looks for them: the toolchain may lie in a home folder that the service cannot see.
runtime=$(dirname "$(ldd "$build/lookout" | awk '$1 == "libswiftCore.so" {print $3}')")
ldd "$build/lookout" | awk '{print $3}' | while read -r library; do
    if [[ $library == "$runtime"/* ]]; then install -m 644 "$library" "$root$program/"; fi
done
install -m 755 "$build/lookout" "$root$program/lookout"
ln -sf ../lib/lookout/lookout "$root$prefix/bin/lookout"
install -m 644 README.md streams.schema.json "$root$documents/"
cp -r docs/. "$root$documents/docs/"

install -d "$root/etc/systemd/system" "$root/etc/sysusers.d" "$root/etc/lookout"
sed "s|/usr/local|$prefix|g" deploy/lookout.service >"$root/etc/systemd/system/lookout.service"
install -m 644 deploy/lookout.sysusers "$root/etc/sysusers.d/lookout.conf"
if [[ ! -e $root/etc/lookout/streams.yaml ]]; then
    sed "s|/usr/local|$prefix|g" deploy/streams.yaml >"$root/etc/lookout/streams.yaml"
    # The passwords of the cameras.
    (umask 077 && : >>"$root/etc/lookout/secrets.env")
fi
if [[ -z $root ]] && command -v systemd-sysusers >/dev/null; then
    systemd-sysusers lookout.conf
    if [[ -d /run/systemd/system ]]; then systemctl daemon-reload; fi
fi
echo "Installed. Now write your cameras into /etc/lookout/streams.yaml and their passwords into /etc/lookout/secrets.env,"
echo "let them be looked at, and start:"
echo "  sudo sh -c 'set -a; . /etc/lookout/secrets.env; lookout check /etc/lookout/streams.yaml'"
echo "  sudo systemctl enable --now lookout"
