# What the machine is. Asks nothing of the network.

facts() {
  step=facts
  . /etc/os-release 2>/dev/null
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
  fact engine "$(engine_version)"
  fact daemonSettings "$(base64 </etc/docker/daemon.json 2>/dev/null | tr -d '\n')"
  fact clock "$(date +%s.%N)"
}

# Whether this is a container of whatever kind.
find_container() {
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
