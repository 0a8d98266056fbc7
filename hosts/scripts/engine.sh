# The Docker Engine: installed, pinned, started, and with settings that do a swarm no harm.

daemon_file=/etc/docker/daemon.json

engine_check() {
  step=engine
  ! is_timeout "$engine_code" ||
    fail_for_now "the Docker Engine has not answered \`docker version\` for $engine_wait s. Look at its log (\`journalctl -u docker\`), and restart it there"
  # The facts have asked already.
  if [ -z "$engine_now" ]; then
    if has dockerd; then todo "start the Docker Engine"; else todo "install and start $(engine_words)"; fi
  fi
  is_pinned || todo "pin the version of the Docker Engine"
  is_enabled docker || todo "start the Docker Engine at every boot"
  is_private "$state/daemon.json" || todo "keep the copy of $daemon_file to root"
}

engine_apply() {
  step=engine
  if ! has dockerd; then
    [ "$ENGINE_SOURCE" != present ] || fail "there is no Docker Engine on it, and the program says that it brings its own (source \"present\")"
    packages_apply
    step=engine
  fi
  is_pinned || pin_engine
  is_private "$state/daemon.json" || chmod 600 "$state/daemon.json" || fail "$state/daemon.json cannot be changed"
  [ -z "$DAEMON_SETTINGS" ] || write_settings
  [ -n "$(engine_version)" ] || { now "starting the Docker Engine" && start_service docker; }
  is_enabled docker || run systemctl enable docker
}

# Nothing is written that the engine would not start with.
write_settings() {
  now "writing $daemon_file"
  mkdir -p "$state" "${daemon_file%/*}"
  # Passwords of proxies and tokens of log services stand there, and the administrator may have kept it to root.
  rm -f "$state/daemon.wanted"
  printf '%s' "$DAEMON_SETTINGS" | base64 -d | (umask 077 && cat >"$state/daemon.wanted")
  if dockerd --help 2>&1 | grep -q -- --validate; then run dockerd --validate --config-file "$state/daemon.wanted"; fi
  [ -e "$state/daemon.json" ] || (umask 077 && cat "$daemon_file" >"$state/daemon.json" 2>/dev/null)
  # Which settings are ours: a run that is killed must not forget those of the last one.
  # shellcheck disable=SC2086 # Several words, here and below.
  { cat "$state/daemon.keys" 2>/dev/null; printf '%s\n' $DAEMON_KEYS; } | sort -u | put "$state/daemon.keys"
  put "$daemon_file" <"$state/daemon.wanted"
  if [ -n "$(engine_version)" ]; then
    now "restarting the Docker Engine"
    restart_service docker
  fi
  # shellcheck disable=SC2086
  printf '%s\n' $DAEMON_KEYS | put "$state/daemon.keys"
  rm -f "$state/daemon.wanted"
}

# No process for a file that is not there, as on most machines.
is_private() { [ ! -e "$1" ] || [ -z "$(find "$1" -perm /077)" ]; }

engine_packages() {
  [ "$ENGINE_SOURCE" != present ] || return 0
  if ! has dockerd; then
    for name in $(engine_names); do printf ' %s' "$name"; done
  elif ! has docker; then
    # Debian has the client in a package of its own since 13.
    if is_installed docker-ce; then printf ' docker-ce-cli'; else printf ' docker-cli'; fi
  fi
}

engine_words() { echo "Docker Engine${ENGINE_VERSION:+ $ENGINE_VERSION} from $(if from_docker; then echo "Docker's repository"; else echo "the distribution"; fi)"; }

# RHEL and its rebuilds have no Docker Engine of their own.
from_docker() { [ "$ENGINE_SOURCE" = docker ] || ! has apt-get; }

# ca-certificates, for registries.
engine_names() {
  if from_docker; then
    echo docker-ce docker-ce-cli containerd.io
  elif [ "$ID" = debian ] && [ "${VERSION_ID:-0}" -ge 13 ]; then
    echo docker.io docker-cli iptables ca-certificates
  else
    echo docker.io iptables ca-certificates
  fi
}

# Looks whether the repositories have an engine that will do, before anything is installed.
offer_engine() {
  if from_docker; then add_docker_repository; fi
  has apt-get && ! has dockerd || return 0
  package=$(if from_docker; then echo docker-ce; else echo docker.io; fi)
  offered=$(version_of "$package")
  [ -n "$offered" ] || { update_lists; offered=$(version_of "$package"); }
  if [ -z "$offered" ]; then
    others=$(versions_of "$package" | awk '{ printf " %s", $3 }')
    [ -z "$others" ] || fail "no version $ENGINE_VERSION of $package is in its repositories; they have$others"
    fail_without_lists
    fail "no package $package is in its repositories"
  fi
  plain=${offered#*:}
  dpkg --compare-versions "$plain" ge "$ENGINE_MIN_VERSION" ||
    fail "$PRETTY_NAME has Docker Engine $plain, and at least $ENGINE_MIN_VERSION is wanted. Take it from Docker's repository (engine: {source: \"docker\"}), or accept it (engine: {minVersion: \"${plain%%.*}\"})"
}

# Lines of "package | version | source", the newest first.
versions_of() { apt-cache madison "$1" 2>/dev/null; }

# The newest version of a package that begins as the program wants it.
version_of() {
  versions_of "$1" | awk -v wanted="$ENGINE_VERSION" '{ plain = $3; sub(/^[0-9]+:/, "", plain) } index(plain, wanted) == 1 { print $3; exit }'
}

# Names of packages, with the version behind those of the engine where the program asks for one.
with_versions() {
  for name in "$@"; do
    case $ENGINE_VERSION:$name in
      :*) echo "$name" ;;
      *:docker.io | *:docker-cli | *:docker-ce | *:docker-ce-cli)
        if ! has apt-get; then
          echo "$name-$ENGINE_VERSION*"
        else
          version=$(version_of "$name")
          echo "$name${version:+=$version}"
        fi
        ;;
      *) echo "$name" ;;
    esac
  done
}

is_pinned() {
  [ -n "$ENGINE_VERSION" ] && [ "$ENGINE_SOURCE" != present ] && has dockerd || return 0
  if has apt-mark; then
    [ -n "$(apt-mark showhold docker.io docker-ce 2>/dev/null)" ]
  else
    dnf -q versionlock list 2>/dev/null | grep -q docker-ce
  fi
}

pin_engine() {
  if has apt-mark; then
    for name in docker.io docker-cli docker-ce docker-ce-cli; do
      is_installed "$name" || continue
      printf '%s\n' "$name" >>"$state/held"
      run apt-mark hold "$name"
    done
  else
    dnf -q versionlock list >/dev/null 2>&1 || install_packages python3-dnf-plugin-versionlock
    printf '%s\n' docker-ce docker-ce-cli >>"$state/held"
    run dnf versionlock add docker-ce docker-ce-cli
  fi
}

unpin_engine() {
  [ -s "$state/held" ] || return 0
  # shellcheck disable=SC2046 # Several words.
  set -- $(sort -u "$state/held")
  if has apt-mark; then apt-mark unhold "$@" </dev/null 2>&1; else dnf versionlock delete "$@" </dev/null 2>&1; fi
}

purge_engine() {
  root=$(ask_engine info --format '{{.DockerRootDir}}' 2>/dev/null)
  if has_systemd; then stop_service docker docker.socket containerd; else stop_service docker; fi
  # A volume that is mounted there cannot go; what is in it can.
  for folder in "${root:-/var/lib/docker}" /var/lib/containerd; do
    if [ -d "$folder" ]; then find "$folder" -xdev -mindepth 1 -delete; rmdir "$folder" 2>/dev/null; fi
  done
}
