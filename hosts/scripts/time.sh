# The clock: one service that keeps it, and nothing goes on before it is right.

time_check() {
  step=time
  [ "$TIME" = no ] && return
  service=$(time_service)
  if [ -z "$service" ]; then
    todo "keep the clock with chrony${TIME_SERVERS:+, from $TIME_SERVERS}"
  elif ! time_sources "$service" | cmp -s - "$(sources_file "$service")"; then
    todo "tell $service of the time servers $TIME_SERVERS"
  elif ! is_synchronised "$service"; then
    todo "wait until $service has synchronised the clock"
  fi
}

time_apply() {
  step=time
  [ "$TIME" = no ] && return
  service=$(time_service)
  if [ -z "$service" ]; then
    has chronyd || install_packages chrony
    start_chrony
    service=chrony
  fi
  if ! time_sources "$service" | cmp -s - "$(sources_file "$service")"; then
    now "telling $service of the time servers $TIME_SERVERS"
    time_sources "$service" | put "$(sources_file "$service")"
    if [ "$service" = chrony ]; then run chronyc reload sources; else restart_service systemd-timesyncd; fi
  fi
  synchronise "$service"
}

time_packages() {
  if [ "$TIME" != no ] && [ -z "$(time_service)" ] && ! has chronyd; then printf ' chrony'; fi
}

# The service that keeps the clock now.
time_service() {
  if has chronyc && chronyc -n tracking >/dev/null 2>&1; then
    echo chrony
  elif has_systemd && systemctl is-active --quiet systemd-timesyncd; then
    echo timesyncd
  fi
}

start_chrony() {
  if has_systemd; then
    start_service "$(chrony_unit)"
  else
    # Without the right to set the clock it can only be compared: in a container it is the host's.
    chronyd $(can_set_clock || echo -x) </dev/null 2>&1 || fail "chronyd does not start"
  fi
}

chrony_unit() { if [ -e /lib/systemd/system/chrony.service ]; then echo chrony; else echo chronyd; fi; }

# CAP_SYS_TIME is bit 25.
can_set_clock() {
  effective=$(awk '/^CapEff:/ { print $2 }' /proc/self/status)
  ! in_container && [ $(((0x$effective >> 25) & 1)) -eq 1 ]
}

sources_file() {
  if [ "$1" = timesyncd ]; then
    echo /etc/systemd/timesyncd.conf.d/pulumi-swarm.conf
  elif [ -d /etc/chrony/sources.d ]; then
    echo /etc/chrony/sources.d/pulumi-swarm.sources
  elif [ -z "$TIME_SERVERS" ]; then
    echo /dev/null
  else
    fail "this chrony reads no folder of sources, so the time servers cannot be given: leave them out, or write them into its configuration"
  fi
}

time_sources() {
  [ -n "$TIME_SERVERS" ] || { cat "$(sources_file "$1")" 2>/dev/null; return; }
  if [ "$1" = timesyncd ]; then
    printf '[Time]\nNTP=%s\n' "$TIME_SERVERS"
  else
    for server in $TIME_SERVERS; do printf 'server %s iburst prefer\n' "$server"; done
  fi
}

is_synchronised() {
  if [ "$1" = timesyncd ]; then
    [ "$(timedatectl show --property NTPSynchronized --value)" = yes ]
  else
    chronyc -n tracking | grep -q '^Leap status *: Normal'
  fi
}

# A clock that is years off is set at once: it would take longer than anyone waits to bring it there in small steps.
synchronise() {
  now "waiting until $1 has synchronised the clock"
  if [ "$1" = timesyncd ]; then
    [ "$(timedatectl show --property NTPSynchronized --value)" = yes ] && return
    restart_service systemd-timesyncd
    # systemd-time-wait-sync waits for nothing else; it is what ends when the clock is right.
    timeout "$TIME_WAIT" /usr/lib/systemd/systemd-time-wait-sync </dev/null >/dev/null 2>&1 && return
    timedatectl timesync-status 2>&1
  else
    chronyc -n burst 4/4 >/dev/null 2>&1
    # Until the sources are there, then a step, then until what is left is small.
    if chronyc -n waitsync "$TIME_WAIT" 0 0 1 >/dev/null 2>&1; then
      ! can_set_clock || chronyc -n makestep >/dev/null 2>&1
      chronyc -n waitsync 20 0.05 0 1 >/dev/null 2>&1 && return
    fi
    chronyc -n sources 2>&1
    chronyc -n tracking 2>&1
  fi
  fail "the clock was not synchronised within $TIME_WAIT s. Give time servers that this machine reaches (UDP port 123)"
}
