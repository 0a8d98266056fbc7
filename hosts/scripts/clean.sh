# Takes back what was done to the machine. The engine and the time service stay, unless PURGE says otherwise.

clean() {
  step=clean
  if [ -e "$settings/firewall.sh" ]; then
    now "removing the firewall's rules"
    has_systemd && run systemctl disable --quiet pulumi-swarm-firewall
    sh "$settings/firewall.sh" remove </dev/null 2>&1
    rm -f /etc/systemd/system/pulumi-swarm-firewall.service
    has_systemd && run systemctl daemon-reload
  fi
  # The engine made it for the swarm, and does not remove it with the swarm.
  if has docker; then docker network rm docker_gwbridge </dev/null >/dev/null 2>&1; fi
  rm -f /etc/modules-load.d/pulumi-swarm.conf /etc/sysctl.d/60-pulumi-swarm.conf
  if [ -e "$state/daemon.json" ]; then
    if [ -s "$state/daemon.json" ]; then cp "$state/daemon.json" /etc/docker/daemon.json; else rm -f /etc/docker/daemon.json; fi
  fi
  [ "$PURGE" = no ] || purge
  for file in /etc/chrony/sources.d/pulumi-swarm.sources /etc/systemd/timesyncd.conf.d/pulumi-swarm.conf; do
    [ ! -e "$file" ] || rm -f "$file"
  done
  if has chronyc; then chronyc reload sources >/dev/null 2>&1; fi
  rm -rf "$settings" "$state"
}

# Only what this tool installed itself.
purge() {
  packages=$(sort -u "$state/installed" 2>/dev/null | tr '\n' ' ')
  [ -n "$packages" ] || return 0
  now "removing $packages"
  case " $packages " in
    *" docker.io "* | *" docker-ce "*)
      if has_systemd; then systemctl stop docker docker.socket; else service docker stop; fi </dev/null 2>&1
      rm -rf /var/lib/docker
      ;;
  esac
  has apt-mark && apt-mark unhold $packages </dev/null >/dev/null 2>&1
  # shellcheck disable=SC2086 # Several words.
  if has apt-get; then
    DEBIAN_FRONTEND=noninteractive run apt-get -y -q -o DPkg::Lock::Timeout=120 purge $packages
  else
    run dnf -y remove $packages
  fi
}
