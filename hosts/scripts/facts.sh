# What the machine is. Asks nothing of the network.

facts() {
  step=facts
  fact os "${ID:-unknown}"
  fact osLike "${ID_LIKE:-}"
  fact osVersion "${VERSION_ID:-}"
  fact system "${PRETTY_NAME:-unknown}"
  # shellcheck disable=SC2046 # Three words, in this order whatever the order of the options.
  set -- $(uname -nrm)
  fact hostname "$1"
  fact kernel "$2"
  fact arch "$3"
  fact uid "$(id -u)"
  # MemTotal.
  read -r _ memory _ </proc/meminfo
  fact memoryMiB $((memory / 1024))
  fact diskMiB "$(df -Pm /var/lib 2>/dev/null | awk 'NR == 2 { print $4 }')"
  fact container "$container"
  read_line "$state/machine"
  fact machine "$line"
  read_line "$state/owner"
  fact owner "$line"
  read_line "$state/identity"
  fact identity "$line"
  # Asking costs a start of the docker CLI; a look that has just been had may have the answer.
  engine_now=${ENGINE_NOW:-}
  engine_code=0
  [ -n "$engine_now" ] || { engine_now=$(engine_version); engine_code=$?; }
  fact engine "$engine_now"
  fact daemonSettings "$(encoded "$daemon_file")"
  # What stood there before the first setup, and which settings the last one made.
  fact daemonBefore "$(encoded "$state/daemon.json")"
  fact daemonKeys "$([ ! -e "$state/daemon.keys" ] || sort "$state/daemon.keys" | tr '\n' ' ')"
  fact clock "$(date +%s.%N)"
}

encoded() { [ ! -r "$1" ] || base64 <"$1" | tr -d '\n'; }

# What the steps have to know of the system, whatever is called: ID, VERSION_ID, and whether this is a container.
find_system() {
  # shellcheck source=/dev/null
  [ ! -r /etc/os-release ] || . /etc/os-release
  container=no
  if [ -e /.dockerenv ] || [ -e /run/.containerenv ]; then
    container=yes
  elif has systemd-detect-virt; then
    systemd-detect-virt --quiet --container && container=yes
  elif grep -q container= /proc/1/environ 2>/dev/null; then
    container=yes
  fi
}

engine_version() {
  has docker && ask_engine version --format '{{.Server.Version}}' 2>/dev/null
}
