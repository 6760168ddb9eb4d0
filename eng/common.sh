# Sourced by ./run and ./test, with ROOT set. Runs on the bash 3.2 of macOS too.

AZURITE_VERSION=$(sed -n 's/.*"azurite": "\(.*\)".*/\1/p' "$ROOT/eng/azurite/package.json")
AZURITE_HOME="$ROOT/eng/azurite"
AZURITE_MAIN="$AZURITE_HOME/node_modules/azurite/dist/src/azurite.js"
AZURITE_DONE="$AZURITE_HOME/node_modules/.installed"
# The emulator's well-known account: the same on every machine, and no secret.
AZURITE_ACCOUNT=devstoreaccount1
AZURITE_KEY='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

STEP_PID=

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit "${2:-1}"
}

need_dotnet() {
  command -v dotnet >/dev/null || fail 'the .NET SDK 10 is missing: https://dot.net/download'
  case $(cd / && dotnet --version 2>/dev/null) in
    1[0-9].*) ;;
    *) fail "the .NET SDK 10 is needed, this is $(cd / && dotnet --version 2>/dev/null || echo 'none')" ;;
  esac
}

need_node() {
  command -v node >/dev/null || fail 'Node.js (20 or newer) is missing; it runs the storage emulator: https://nodejs.org'
  command -v npm >/dev/null || fail 'npm is missing; it installs the storage emulator and comes with Node.js: https://nodejs.org'
  [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] || fail "Node.js 20 or newer is needed, this is $(node --version)"
}

# step TITLE LOG COMMAND…: runs it in the background and shows that it goes on; shows the log's end where it fails.
step() {
  local title=$1 log=$2 started=$SECONDS status=0
  shift 2
  mkdir -p "$(dirname "$log")"
  [ -t 1 ] || printf '%s…\n' "$title"
  "$@" >"$log" 2>&1 </dev/null &
  STEP_PID=$!
  while kill -0 "$STEP_PID" 2>/dev/null; do
    [ -t 1 ] && printf '\r%s… %d s' "$title" $((SECONDS - started))
    sleep 0.3
  done
  wait "$STEP_PID" || status=$?
  STEP_PID=
  [ -t 1 ] && printf '\r\033[K'
  if [ "$status" -ne 0 ]; then
    tail -n 30 "$log" >&2
    fail "$title failed; the whole log is $log"
  fi
  printf '%s: done in %d s\n' "$title" $((SECONDS - started))
}

# The mark is made last, so that an install cut short is never taken for a whole one.
install_azurite() {
  [ -f "$AZURITE_MAIN" ] && [ "$(cat "$AZURITE_DONE" 2>/dev/null)" = "$AZURITE_VERSION" ] && return
  need_node
  step "Installing Azurite $AZURITE_VERSION" "$AZURITE_HOME/node_modules/install.log" \
    npm install --prefix "$AZURITE_HOME" --no-package-lock --no-audit --no-fund --omit=dev
  printf '%s\n' "$AZURITE_VERSION" >"$AZURITE_DONE"
}

# start_azurite FOLDER BLOB_PORT QUEUE_PORT TABLE_PORT (0 takes a free one): sets AZURITE_PID and STORAGE.
# It runs as `azurite` because `azurite-table` alone loses its last seconds on SIGTERM.
start_azurite() {
  local folder=$1 log=$1/azurite.log tries=0
  mkdir -p "$folder"
  node "$AZURITE_MAIN" --location "$folder" --blobPort "$2" --queuePort "$3" --tablePort "$4" \
    --skipApiVersionCheck --disableTelemetry --silent >"$log" 2>&1 </dev/null &
  AZURITE_PID=$!
  until [ -n "$(azurite_port "$log" Table)" ] && [ -n "$(azurite_port "$log" Blob)" ]; do
    tries=$((tries + 1))
    if ! kill -0 "$AZURITE_PID" 2>/dev/null || [ "$tries" -gt 300 ]; then
      AZURITE_PID=
      tail -n 5 "$log" >&2
      fail "Azurite did not start; its log is $log"
    fi
    sleep 0.1
  done
  STORAGE="DefaultEndpointsProtocol=http;AccountName=$AZURITE_ACCOUNT;AccountKey=$AZURITE_KEY"
  STORAGE="$STORAGE;BlobEndpoint=http://127.0.0.1:$(azurite_port "$log" Blob)/$AZURITE_ACCOUNT"
  STORAGE="$STORAGE;TableEndpoint=http://127.0.0.1:$(azurite_port "$log" Table)/$AZURITE_ACCOUNT;"
}

azurite_port() {
  sed -n "s|.*Azurite $2 service is successfully listening at http://127.0.0.1:\([0-9]*\).*|\1|p" "$1"
}

# stop PID: asks, and waits until it is gone.
stop() {
  [ -n "$1" ] || return 0
  kill -TERM "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}
