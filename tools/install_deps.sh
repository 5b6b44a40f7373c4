#!/usr/bin/env bash
# Installs what is missing from Debian: tools/install_deps.sh build|deb|test|bench
# Repeatable; asks nothing; does nothing when everything is there.
set -euo pipefail

build=(clang-19 lld-19 cmake ninja-build ccache pkg-config ca-certificates
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libexpected-dev libspdlog-dev libcli11-dev
  libyaml-cpp-dev libexpat1-dev libssl-dev libsqlite3-dev libcurl4-openssl-dev libc-ares-dev
  libjemalloc-dev libsrtp2-dev libopus-dev libspandsp-dev libspeexdsp-dev libmpg123-dev libmp3lame-dev espeak-ng)
tests=(libclang-rt-19-dev clang-format-19 clang-tidy-19 libgtest-dev libgmock-dev python3 python3-yaml python3-pytest sip-tester baresip-core
  libbellesip1 openssl curl sqlite3 sox libsox-fmt-mp3 socat iproute2 knot-dnssecutils)
deb=(dpkg-dev binutils)
# munkres: else apt takes scipy for it, whose boost is in the way of ours
bench=(libbenchmark-dev kamailio gcc libc6-dev python3-munkres python3-matplotlib linux-perf heaptrack)

case "${1:-build}" in
  build) wanted=("${build[@]}") ;;
  deb) wanted=("${build[@]}" "${deb[@]}") ;;
  test) wanted=("${build[@]}" "${tests[@]}") ;;
  bench) wanted=("${build[@]}" "${tests[@]}" "${bench[@]}") ;;
  *) echo "usage: $0 build|deb|test|bench" >&2; exit 2 ;;
esac
# Node.js may come from elsewhere than Debian; only its absence matters.
if [ "${1:-}" = test ] || [ "${1:-}" = bench ]; then
  command -v node >/dev/null || wanted+=(nodejs)
  command -v npm >/dev/null || wanted+=(npm)
fi

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "==> installing ${#missing[@]} Debian packages: ${missing[*]}"
log=$(mktemp)
install() {
  "${as_root[@]}" apt-get update -q >"$log" 2>&1 &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >>"$log" 2>&1
}
install || { tail -n 20 "$log" >&2; echo "installing failed; the whole log is $log" >&2; exit 1; }
rm -f "$log"
