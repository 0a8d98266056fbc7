# Common to all steps; every script of a run is sent as one text to `sh -s`. POSIX sh, as dash and busybox have it.
# Every look at every machine passes here, so nothing is asked of another process that the shell can do itself.
# What a line means to the sender is told by its beginning: "::now" is what goes on, "::todo STEP" what a step would do,
# "::fact NAME=VALUE" what was found, "::fail STEP" why it ends. Everything else is output, whose end an error shows.

# Services that gave up root's rights read what is written here, whatever umask root has.
umask 022

state=/var/lib/pulumi-swarm
settings=/etc/pulumi-swarm

now() { printf '::now %s\n' "$*"; }
todo() { printf '::todo %s %s\n' "$step" "$*"; }
fact() { printf '::fact %s=%s\n' "$1" "$2"; }
fail() { printf '::fail %s %s\n' "$step" "$*"; exit 1; }
# What may well succeed a minute later; the sender tries again. 75 is EX_TEMPFAIL of sysexits.h.
fail_for_now() { printf '::fail %s %s\n' "$step" "$*"; exit 75; }

has() { command -v "$1" >/dev/null 2>&1; }
has_systemd() { [ -d /run/systemd/system ]; }
# Clock and modules of a container are those of its host.
in_container() { [ "$container" = yes ]; }

run() {
  "$@" </dev/null 2>&1
  code=$?
  [ $code -eq 0 ] || fail "\`$*\` ended with exit code $code"
}

# Starts a service now and at every boot, with whatever starts services here.
start_service() {
  if has_systemd; then
    run systemctl enable --now "$1"
  elif has service; then
    run service "$1" start
  else
    fail "neither systemd nor \`service\` is there to start $1"
  fi
}

restart_service() {
  if has_systemd; then run systemctl restart "$1"; else run service "$1" restart; fi
}

stop_service() {
  if has_systemd; then run systemctl stop "$@"; else run service "$1" stop; fi
}

# Seconds after which an engine that says nothing is one that hangs; one that starts with many containers takes its time.
engine_wait=60
ask_engine() { timeout -k 5 "$engine_wait" docker "$@" </dev/null; }
# What `timeout` ends with, the second one where it had to kill.
is_timeout() { [ "$1" -eq 124 ] || [ "$1" -eq 137 ]; }

# Seconds for a small file, and for the connection alone.
download_wait=60
download_connect=15
download() { curl -fsSL --connect-timeout "$download_connect" --max-time "$download_wait" "$1" -o "$2" </dev/null 2>&1; }

is_enabled() { ! has_systemd || systemctl is-enabled --quiet "$1" 2>/dev/null; }

make_folder() { [ -d "$1" ] || mkdir -p "$1" || fail "$1 cannot be made"; }

# Writes standard input to a file, whole or not at all, with the rights that the file had.
put() {
  make_folder "${1%/*}"
  { [ ! -e "$1" ] || cp -p "$1" "$1.new"; } && cat >"$1.new" && mv -f "$1.new" "$1" || fail "$1 cannot be written"
}

# Sets `line` to the first line of a file; empty where there is none. No process is started for it.
read_line() {
  line=
  # The last line of a file need not end.
  if [ -r "$1" ]; then read -r line <"$1" || true; fi
}
