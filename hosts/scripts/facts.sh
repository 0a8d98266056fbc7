# What the machine is. Asks nothing of the network.

facts() {
  step=facts
  fact os "${ID:-unknown}"
  fact osLike "${ID_LIKE:-}"
  fact osVersion "${VERSION_ID:-}"
  fact system "${PRETTY_NAME:-unknown}"
  fact arch "$(uname -m)"
  fact kernel "$(uname -r)"
  fact hostname "$(uname -n)"
  fact uid "$(id -u)"
  fact memoryMiB "$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)"
  fact diskMiB "$(df -Pm /var/lib 2>/dev/null | awk 'NR == 2 { print $4 }')"
  fact container "$container"
  fact machine "$(cat "$state/machine" 2>/dev/null)"
  fact owner "$(cat "$state/owner" 2>/dev/null)"
  engine_now=$(engine_version)
  fact engine "$engine_now"
  fact daemonSettings "$(encoded /etc/docker/daemon.json)"
  # What stood there before the first setup, and which settings the last one made.
  fact daemonBefore "$(encoded "$state/daemon.json")"
  fact daemonKeys "$(sort "$state/daemon.keys" 2>/dev/null | tr '\n' ' ')"
  fact clock "$(date +%s.%N)"
}

encoded() { [ ! -r "$1" ] || base64 <"$1" | tr -d '\n'; }

# What the steps have to know of the system, whatever is called: ID, VERSION_ID, and whether this is a container.
find_system() {
  # shellcheck source=/dev/null
  [ ! -r /etc/os-release ] || . /etc/os-release
  container=no
  if has systemd-detect-virt; then
    systemd-detect-virt --quiet --container && container=yes
  elif [ -e /.dockerenv ] || [ -e /run/.containerenv ] || grep -q container= /proc/1/environ 2>/dev/null; then
    container=yes
  fi
}

engine_version() {
  has docker && docker version --format '{{.Server.Version}}' 2>/dev/null </dev/null
}
