#!/bin/bash
# get-debs.sh DEST PKG[/SUITE]...
# Resolves PKGs and their dependencies from Debian trixie + trixie-backports, download them and unpack them with
# `dpkg -x` below DEST/root. Uses an apt state of its own (DEST/apt, removed at the end unless PEERS_KEEP_APT=1):
# the machine's own apt lists, dpkg data base and libc stay as they are.
# The mirror is the one in the machine's own apt configuration. Idempotent: a second call with the same packages
# returns at once.
# PEERS_SUITE (trixie) picks the base suite; PEERS_TARGET (-t) lets dependencies come from that suite too; PEERS_FAKE
# names packages to take as installed.
set -euo pipefail
DEST=$(realpath -m "$1"); shift
SUITE=${PEERS_SUITE:-trixie}
FAKE=${PEERS_FAKE:-debconf systemd-standalone-sysusers systemd mount init-system-helpers}
STATE=$DEST/apt
STAMP=$DEST/.done-$(printf '%s\n' "$SUITE" "$@" | sha256sum | cut -c1-16)
[ -e "$STAMP" ] && { echo "get-debs: already there: $*"; exit 0; }
mkdir -p "$DEST/root" "$DEST/.x" "$STATE"/{lists/partial,cache/archives/partial,etc/preferences.d}
exec 9>"$DEST/.lock"; flock 9
[ -e "$STAMP" ] && { echo "get-debs: already there: $*"; exit 0; }

mirror() { # the first archive URI of the machine's apt configuration (deb822, else one-line style)
  local u
  u=$(awk '/^URIs:/{print $2; exit}' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
  [ -n "$u" ] || u=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    awk '$1=="deb"{for(i=2;i<=NF;i++) if($i ~ /^https?:/){print $i; exit}}' || true)
  [ -n "$u" ] || { echo "get-debs: no mirror in the apt configuration" >&2; exit 1; }
  echo "$u"
}
KEYS=$(ls /usr/share/keyrings/debian-archive-keyring.* 2>/dev/null | head -1)
M=$(mirror)
printf "deb [signed-by=$KEYS] $M %s main\n" "$SUITE" "$SUITE-backports" > "$STATE/sources.list"
: > "$STATE/status"
for p in $FAKE; do  # Recommends and maintainer-script helpers that an unpacked binary does not need
  printf 'Package: %s\nStatus: install ok installed\nPriority: optional\nSection: misc\nMaintainer: x <x@localhost>\nArchitecture: all\nVersion: 999:1\nDescription: stand-in\n\n' "$p" >> "$STATE/status"
done
APT=( -qq -y
  -o Dir::Etc::sourcelist="$STATE/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$STATE/etc/preferences.d"
  -o Dir::State="$STATE" -o Dir::State::lists="$STATE/lists" -o Dir::State::status="$STATE/status"
  -o Dir::Cache="$STATE/cache" -o Dir::Cache::archives="$STATE/cache/archives" -o Dir::Log=/dev/null
  -o APT::Install-Recommends=false -o Acquire::Languages=none -o APT::Sandbox::User=root
  -o Acquire::Retries=3 ${PEERS_TARGET:+-t $PEERS_TARGET} )
apt-get "${APT[@]}" update
apt-get "${APT[@]}" install --download-only "$@" >/dev/null
for d in "$STATE"/cache/archives/*.deb; do
  n=$(basename "$d"); echo "$n" >> "$DEST/packages.txt"
  [ -e "$DEST/.x/$n" ] && continue
  dpkg -x "$d" "$DEST/root"
  touch "$DEST/.x/$n"
done
sort -u -o "$DEST/packages.txt" "$DEST/packages.txt"
[ "${PEERS_KEEP_APT:-0}" = 1 ] || rm -rf "$STATE"
touch "$STAMP"
echo "get-debs: $(wc -l < "$DEST/packages.txt") packages below $DEST/root"
