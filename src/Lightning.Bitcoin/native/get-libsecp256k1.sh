#!/bin/sh
# get-libsecp256k1.sh FILE
#
# Puts libsecp256k1 (Bitcoin Core's curve library) at FILE. Needs neither root nor a compiler, changes nothing outside of
# FILE's folder and the user's cache, and returns at once where FILE exists. Safe to run several times at once.
#
# Tried in this order:
#   1. the user's cache: $LIGHTNING_NATIVE_CACHE, else $XDG_CACHE_HOME or ~/.cache, folder lightning-actors/native
#   2. Debian: the package of trixie-backports, version 0.7.1 (it needs nothing newer than Debian 11's C library)
#   3. Debian, Ubuntu: the distribution's own package
#   4. a library that is installed on this machine
# Packages come over apt, which checks their signatures, with a state folder of its own, and are unpacked, not installed.
set -eu

FILE=$1
PACKAGE=libsecp256k1-6
SUITE=trixie-backports

say() { echo "libsecp256k1: $*"; }

[ ! -e "$FILE" ] || exit 0
mkdir -p "$(dirname "$FILE")"
FOLDER=$(cd "$(dirname "$FILE")" && pwd)
if command -v flock >/dev/null 2>&1; then
    exec 9>"$FOLDER/.lock"
    flock 9
    [ ! -e "$FILE" ] || exit 0
fi

WORK=$(mktemp -d "$FOLDER/.get.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

# Copies to a name of its own and renames: a reader never sees half a file.
place() { # FROM TO
    mkdir -p "$(dirname "$2")" && cp -L "$1" "$2.$$" && mv -f "$2.$$" "$2"
}

# apt-get with its own lists and cache below $WORK. $1 is the file of sources, or empty for the machine's own.
apt() {
    sources=$1
    shift
    mkdir -p "$WORK/lists/partial" "$WORK/cache/archives/partial"
    [ -e "$WORK/status" ] || : >"$WORK/status"
    set -- -qq -o Dir::State="$WORK" -o Dir::State::lists="$WORK/lists" -o Dir::State::status="$WORK/status" \
        -o Dir::Cache="$WORK/cache" -o Dir::Log=/dev/null -o Acquire::Languages=none -o Acquire::Retries=2 \
        -o Acquire::http::Timeout=20 -o APT::Sandbox::User=root "$@"
    if [ -n "$sources" ]; then
        set -- -o Dir::Etc::sourcelist="$sources" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null "$@"
    fi
    (cd "$WORK" && apt-get "$@") </dev/null >>"$WORK/log" 2>&1
}

# Unpacks the downloaded package and prints the library's path.
unpack() {
    set -- "$WORK"/*.deb
    [ -e "$1" ] || return 1
    dpkg -x "$1" "$WORK/root" && rm -f "$1" || return 1
    find "$WORK/root" -name 'libsecp256k1.so.*' | sort | tail -n 1
}

mirror() {
    sed -n 's/^URIs:[[:space:]]*\([^[:space:]]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1 | grep . ||
        sed -n 's/^deb[[:space:]]\{1,\}\(\[[^]]*\][[:space:]]*\)\{0,1\}\([^[:space:]]*\/debian\/\{0,1\}\)[[:space:]].*/\2/p' \
            /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | head -n 1 | grep .
}

from_backports() {
    keys=$(ls /usr/share/keyrings/debian-archive-keyring.* 2>/dev/null | head -n 1)
    [ -n "$keys" ] && site=$(mirror) || return 1
    echo "deb [signed-by=$keys] $site $SUITE main" >"$WORK/sources.list"
    apt "$WORK/sources.list" update && apt "$WORK/sources.list" download "$PACKAGE" && unpack
}

from_distribution() {
    names=$(apt-cache search --names-only '^libsecp256k1-[0-9]+$' 2>/dev/null) || return 1
    if [ -n "$names" ]; then
        name=$(echo "$names" | cut -d ' ' -f 1 | sort -V | tail -n 1)
        (cd "$WORK" && apt-get -qq download "$name") </dev/null >>"$WORK/log" 2>&1 && unpack && return 0
    fi
    # No lists on this machine (as in a fresh container), or old ones: fetch lists of our own.
    rm -rf "$WORK/lists"
    apt "" update || say "some package lists could not be fetched" >>"$WORK/log"
    for number in 6 5 2 1 0; do
        apt "" download "libsecp256k1-$number" && unpack && return 0
    done
    return 1
}

from_machine() {
    for candidate in $( (ldconfig -p || /sbin/ldconfig -p) 2>/dev/null | sed -n 's/.*libsecp256k1\.so[^ ]* .*=> //p') \
        /usr/lib/libsecp256k1.so.* /usr/lib64/libsecp256k1.so.* /usr/local/lib/libsecp256k1.so* \
        /opt/homebrew/lib/libsecp256k1.dylib /usr/local/lib/libsecp256k1.dylib; do
        if [ -e "$candidate" ]; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

CACHE=${LIGHTNING_NATIVE_CACHE:-}
if [ -z "$CACHE" ] && [ -n "${XDG_CACHE_HOME:-${HOME:-}}" ]; then
    CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/lightning-actors/native
fi
CACHED=${CACHE:+$CACHE/$(uname -s)-$(uname -m)/$PACKAGE-$(basename "$FILE")}

if [ -n "$CACHED" ] && [ -e "$CACHED" ]; then
    place "$CACHED" "$FILE"
    exit 0
fi

if command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1; then
    if library=$(from_backports); then
        place "$library" "$FILE"
        # The cache spares the next checkout the download; a cache that cannot be written is no loss.
        [ -z "$CACHED" ] || place "$FILE" "$CACHED" 2>/dev/null || say "the cache $CACHE cannot be written"
        say "$PACKAGE of $SUITE"
        exit 0
    fi
    if library=$(from_distribution); then
        place "$library" "$FILE"
        say "the distribution's $(basename "$library")"
        exit 0
    fi
fi

if library=$(from_machine); then
    place "$library" "$FILE"
    say "$library"
    exit 0
fi

[ ! -e "$WORK/log" ] || tail -n 3 "$WORK/log"
say "not found"
exit 1
