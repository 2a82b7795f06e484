#!/bin/sh
# Makes sure of Python, of the system's libraries that a window needs, and of the programs named as COMMAND=PACKAGE.
# As root on Debian or Ubuntu it installs what is missing; otherwise it prints the line to type and stops.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "boundaryviz needs Python 3.11 or newer, and '$python' is not. Name another one: make PYTHON=python3.11" >&2
    exit 1
fi

packages=$("$python" -I boundaryviz/gui/diagnostics/preflight.py --packages)
"$python" -c 'import ensurepip, venv' 2>/dev/null || packages="$packages python3-venv"
for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || packages="$packages ${pair#*=}"
done
packages=$(echo $packages) # trims the blanks
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "System packages are missing. Install what your system calls these Debian packages, then try again:" >&2
    echo "  $packages" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "System packages are missing. Type this, then try again:" >&2
    echo "  sudo apt-get install --no-install-recommends $packages" >&2
    exit 1
fi
echo "Installing system packages: $packages"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086 # one word each
apt-get install -q -y --no-install-recommends $packages
