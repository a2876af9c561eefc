#!/usr/bin/env bash
# GNU parallel with curl: one job for each row, started so many seconds after the one before. bench/rivals/parallel.sh FILE URL DELAY
set -euo pipefail
file=$1 delay=$3
export URL=$2 SHELL=/bin/bash

send() {
  curl --silent --show-error --fail --output /dev/null --header "x-row: $1" --header "x-user: $2" \
    --json "{\"displayName\":\"$3\"}" "$URL/communities"
}
export -f send

parallel --colsep , --header : --jobs 30 --delay "$delay" --retries 5 send '{n}' '{user}' '{name}' :::: "$file"
