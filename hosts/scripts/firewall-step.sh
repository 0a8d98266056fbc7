# Installs firewall.sh on the machine, with the nodes of the cluster, so that the rules are there after every boot.

# Whether the rules were written in this session: they are as they were a moment ago.
firewall_written=no

firewall_check() {
  step=firewall
  if [ "$FIREWALL" = no ]; then
    [ ! -e "$settings/firewall.sh" ] || todo "remove the firewall's rules"
  elif ! firewall_settings | cmp -s - "$settings/firewall.conf"; then
    firewall_changes
  elif ! firewall_script | cmp -s - "$settings/firewall.sh"; then
    todo "write the firewall's rules as this version has them"
  elif [ "$firewall_written" = no ] && ! problem=$(sh "$settings/firewall.sh" check 2>&1); then
    todo "write the firewall's rules again ($(echo "$problem" | tr '\n' ' '))"
  elif has_systemd && ! is_enabled pulumi-swarm-firewall; then
    todo "write the firewall's rules at every boot"
  fi
}

# In a reader's words, what of the settings is not in force.
firewall_changes() {
  firewall_has NODES && firewall_has DATA_PATH_PORT ||
    todo "open the ports of the swarm to $NODES, and close them to everybody else"
  firewall_has CONTAINERS ||
    todo "close the ports of the swarm to containers, and to packets that bear a node's address and come another way"
  firewall_has METADATA || if [ "$METADATA" = drop ]; then
    todo "keep containers from the cloud's metadata service (169.254.169.254, fd00:ec2::254)"
  elif [ -e "$settings/firewall.conf" ]; then
    todo "let containers reach the cloud's metadata service (169.254.169.254, fd00:ec2::254)"
  fi
}

firewall_has() { grep -qxF -e "$(firewall_settings | grep "^$1=")" "$settings/firewall.conf" 2>/dev/null; }

firewall_apply() {
  step=firewall
  if [ "$FIREWALL" = no ]; then
    firewall_clean
    return
  fi
  has nft || install_packages nftables
  now "opening the ports of the swarm to its nodes"
  firewall_script | put "$settings/firewall.sh"
  firewall_settings | put "$settings/firewall.conf"
  run sh "$settings/firewall.sh" apply
  firewall_written=yes
  has_systemd || return 0
  firewall_unit | put /etc/systemd/system/pulumi-swarm-firewall.service
  run systemctl daemon-reload
  run systemctl enable --now --quiet pulumi-swarm-firewall
}

firewall_clean() {
  [ -e "$settings/firewall.sh" ] || return 0
  now "removing the firewall's rules"
  if has_systemd; then
    systemctl disable --quiet pulumi-swarm-firewall </dev/null 2>&1
    rm -f /etc/systemd/system/pulumi-swarm-firewall.service
    run systemctl daemon-reload
  fi
  run sh "$settings/firewall.sh" remove
  rm -f "$settings"/firewall.*
}

# CONTAINERS says for what firewall.sh does since then: a machine that was set up before has no such line.
firewall_settings() {
  printf "NODES='%s'\nDATA_PATH_PORT=%s\nCONTAINERS=drop\nMETADATA=%s\n" "$NODES" "$DATA_PATH_PORT" "$METADATA"
}

firewall_script() { printf '%s' "$FIREWALL_SCRIPT" | base64 -d; }

# After whatever may flush all rules, and again when that is restarted or reloaded.
firewall_unit() {
  cat <<'UNIT'
[Unit]
Description=Ports of the Docker Swarm, open to its nodes only (pulumi-swarm)
After=nftables.service netfilter-persistent.service ufw.service firewalld.service
PartOf=nftables.service netfilter-persistent.service
ReloadPropagatedFrom=nftables.service netfilter-persistent.service
Before=docker.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /etc/pulumi-swarm/firewall.sh apply
ExecReload=/bin/sh /etc/pulumi-swarm/firewall.sh apply

[Install]
WantedBy=multi-user.target
UNIT
}
