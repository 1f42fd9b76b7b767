#!/bin/sh
# Install other tools that find calls in Python code, each in a virtual environment of its own, for peers.py.
#
# benchmarks/peers/install.sh [DIRECTORY]    (default: .peers)
#
# pyright needs Node.js; its package brings one where there is none. What cannot be installed is said and left out.
set -u
room=${1:-.peers}
python=${PYTHON:-python3}
mkdir -p "$room"
# PyCG 0.0.8 cannot import itself; pyre-check 0.10 fails on nested functions (Could not find AST of function).
# The one before it cannot read its own options with click 8.2. The others are the newest.
for tool in pyan3 PyCG==0.0.7 code2flow pyre-check==0.9.23 ty pyright; do
  name=${tool%%==*}
  if [ -x "$room/$name/bin/python" ] && [ -e "$room/$name/.ready" ]; then continue; fi
  "$python" -m venv "$room/$name" \
    && "$room/$name/bin/python" -m pip install --quiet --disable-pip-version-check "$tool" "click<8.2" \
    && touch "$room/$name/.ready" \
    || echo "$name: cannot be installed here" >&2
done
for name in pyan3 PyCG code2flow pyre-check ty pyright; do
  [ -e "$room/$name/.ready" ] && "$room/$name/bin/python" -m pip list --disable-pip-version-check 2>/dev/null \
    | awk -v name="$name" 'tolower($1) == tolower(name) { print $1, $2 }'
done
