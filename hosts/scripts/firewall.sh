# The ports of the swarm: open among the nodes, closed to everybody else. Installed on the machine as it is, so that it
# can run at every boot: `sh firewall.sh apply|remove|check`. NODES and DATA_PATH_PORT come from firewall.conf beside it.
#
# A table of our own closes the ports. It cannot open what another firewall drops (any drop is final), so that one is
# told as well, each in its own way. All rules carry our name.

mark=pulumi-swarm
tcp_ports="2377 7946"

firewall() {
  . /etc/pulumi-swarm/firewall.conf
  udp_ports="7946 $DATA_PATH_PORT"
  "firewall_$1"
}

firewall_apply() {
  own_table | nft -f - || return 1
  tell_chains || return 1
  ! iptables_drops || tell_iptables || return 1
  ! ufw_active || tell_ufw || return 1
  ! firewalld_active || tell_firewalld || return 1
}

firewall_remove() {
  has_own_table && nft delete table inet pulumi_swarm
  foreign_chains | while read -r family table chain; do forget_chain "$family" "$table" "$chain"; done
  forget_iptables
  ! ufw_active || forget_ufw
  ! firewalld_active || forget_firewalld
}

# Silent where everything is as it was applied.
firewall_check() {
  has_own_table || { echo "our table is gone"; return 1; }
  live=$(nft list set inet pulumi_swarm nodes; nft list set inet pulumi_swarm nodes6)
  for node in $NODES; do
    case $live in *"$node"[!0-9a-f.:]*) ;; *) echo "$node is not in our table"; return 1 ;; esac
  done
  foreign_chains | while read -r family table chain; do
    nft list chain "$family" "$table" "$chain" | grep -q "comment \"$mark" || { echo "chain $chain of table $table lost our rules"; exit 1; }
  done || return 1
  ! iptables_drops || iptables -S INPUT | grep -q -- "-j PULUMI-SWARM" || { echo "iptables lost our rules"; return 1; }
  ! ufw_active || ufw show added | grep -q "comment '$mark'" || { echo "ufw lost our rules"; return 1; }
  ! firewalld_active || firewall-cmd --query-rich-rule "$(rich_rule "protocol value=esp" ipset=$mark)" >/dev/null 2>&1 || { echo "firewalld lost our rules"; return 1; }
}

has_own_table() { nft list table inet pulumi_swarm >/dev/null 2>&1; }

# One transaction: there is no moment without the table.
own_table() {
  cat <<TABLE
table inet pulumi_swarm
delete table inet pulumi_swarm
table inet pulumi_swarm {
  set nodes { type ipv4_addr; $(elements 4) }
  set nodes6 { type ipv6_addr; $(elements 6) }
  chain input {
    type filter hook input priority filter - 10; policy accept;
    iifname "lo" accept
    tcp dport { $(commas $tcp_ports) } jump swarm
    udp dport { $(commas $udp_ports) } jump swarm
    meta l4proto esp jump swarm
  }
  chain swarm {
    ip saddr @nodes accept
    ip6 saddr @nodes6 accept
    drop
  }
}
TABLE
}

elements() {
  addresses=$(of_family "$1")
  [ -z "$addresses" ] || printf 'elements = { %s };' "$(commas $addresses)"
}

of_family() {
  for node in $NODES; do
    case $node in *:*) [ "$1" = 6 ] && printf '%s ' "$node" ;; *) [ "$1" = 4 ] && printf '%s ' "$node" ;; esac
  done
}

commas() { echo "$*" | sed 's/ /, /g'; }

# Input chains that somebody else made with nft. Those of iptables (in capitals), ufw and firewalld are told otherwise.
foreign_chains() {
  nft list ruleset 2>/dev/null | awk '
    $1 == "table" { family = $2; table = $3 }
    $1 == "chain" { chain = $2 }
    /hook input/ && table != "pulumi_swarm" && table != "firewalld" && chain != "INPUT" { print family, table, chain }'
}

tell_chains() {
  foreign_chains | while read -r family table chain; do
    forget_chain "$family" "$table" "$chain"
    [ "$family" = ip6 ] || tell_chain "$family" "$table" "$chain" ip "$(of_family 4)" || exit 1
    [ "$family" = ip ] || tell_chain "$family" "$table" "$chain" ip6 "$(of_family 6)" || exit 1
  done
}

tell_chain() {
  [ -n "$5" ] || return 0
  from="$4 saddr { $(commas $5) }"
  nft -f - <<RULES
insert rule $1 $2 $3 $from tcp dport { $(commas $tcp_ports) } accept comment "$mark"
insert rule $1 $2 $3 $from udp dport { $(commas $udp_ports) } accept comment "$mark"
insert rule $1 $2 $3 $from meta l4proto esp accept comment "$mark"
RULES
}

forget_chain() {
  nft -a list chain "$1" "$2" "$3" | awk -v mark="comment \"$mark\"" 'index($0, mark) { print $NF }' |
    while read -r handle; do nft delete rule "$1" "$2" "$3" handle "$handle"; done
}

# Rules made with iptables by hand or by netfilter-persistent; ufw and firewalld make theirs the same way.
iptables_drops() {
  command -v iptables >/dev/null 2>&1 && ! ufw_active && ! firewalld_active &&
    iptables -S INPUT 2>/dev/null | grep -qE -- '^-P INPUT DROP|-j (DROP|REJECT)'
}

tell_iptables() {
  for family in 4 6; do
    iptables=$([ $family = 4 ] && echo iptables || echo ip6tables)
    addresses=$(of_family $family)
    [ -n "$addresses" ] || continue
    $iptables -N PULUMI-SWARM 2>/dev/null || $iptables -F PULUMI-SWARM
    for node in $addresses; do
      $iptables -A PULUMI-SWARM -s "$node" -p tcp -m multiport --dports "$(echo $tcp_ports | tr ' ' ,)" -j ACCEPT
      $iptables -A PULUMI-SWARM -s "$node" -p udp -m multiport --dports "$(echo $udp_ports | tr ' ' ,)" -j ACCEPT
      $iptables -A PULUMI-SWARM -s "$node" -p esp -j ACCEPT
    done
    $iptables -C INPUT -j PULUMI-SWARM 2>/dev/null || $iptables -I INPUT -j PULUMI-SWARM || return 1
  done
}

forget_iptables() {
  for iptables in iptables ip6tables; do
    command -v $iptables >/dev/null 2>&1 && $iptables -S PULUMI-SWARM >/dev/null 2>&1 || continue
    $iptables -D INPUT -j PULUMI-SWARM
    $iptables -F PULUMI-SWARM
    $iptables -X PULUMI-SWARM
  done
}

ufw_active() { command -v ufw >/dev/null 2>&1 && ufw status 2>/dev/null | grep -q '^Status: active'; }

tell_ufw() {
  for node in $NODES; do
    ufw allow proto tcp from "$node" to any port "$(echo $tcp_ports | tr ' ' ,)" comment "$mark" &&
      ufw allow proto udp from "$node" to any port "$(echo $udp_ports | tr ' ' ,)" comment "$mark" &&
      ufw allow proto esp from "$node" comment "$mark" || return 1
  done >/dev/null
  # Nodes that are none any more.
  ufw show added | grep "comment '$mark'" | while read -r _ rule; do
    from=$(echo "$rule" | sed -n 's/.* from \([^ ]*\).*/\1/p')
    case " $NODES " in *" $from "*) ;; *) delete_ufw_rule "$rule" ;; esac
  done
}

forget_ufw() {
  ufw show added | grep "comment '$mark'" | while read -r _ rule; do delete_ufw_rule "$rule"; done
}

# "allow from 10.0.0.1 to any port 7946 proto tcp comment 'pulumi-swarm'", as ufw prints it.
delete_ufw_rule() { ufw delete ${1%% comment *} >/dev/null; }

firewalld_active() { command -v firewall-cmd >/dev/null 2>&1 && firewall-cmd --state >/dev/null 2>&1; }

rich_rule() { echo "rule source $2 $1 accept"; }

tell_firewalld() {
  for family in 4 6; do
    set_name=$mark$([ $family = 4 ] || echo 6)
    firewall-cmd --permanent --delete-ipset="$set_name" >/dev/null 2>&1
    firewall-cmd --permanent --new-ipset="$set_name" --type=hash:ip $([ $family = 4 ] || echo --option=family=inet6) >/dev/null || return 1
    for node in $(of_family $family); do firewall-cmd --permanent --ipset="$set_name" --add-entry="$node" >/dev/null; done
    for port in $tcp_ports; do firewall-cmd --permanent --add-rich-rule "$(rich_rule "port port=$port protocol=tcp" ipset="$set_name")" >/dev/null; done
    for port in $udp_ports; do firewall-cmd --permanent --add-rich-rule "$(rich_rule "port port=$port protocol=udp" ipset="$set_name")" >/dev/null; done
    firewall-cmd --permanent --add-rich-rule "$(rich_rule "protocol value=esp" ipset="$set_name")" >/dev/null
  done
  firewall-cmd --reload >/dev/null
}

forget_firewalld() {
  firewall-cmd --permanent --list-rich-rules | grep "ipset=\"$mark" | while read -r rule; do
    firewall-cmd --permanent --remove-rich-rule "$rule" >/dev/null
  done
  firewall-cmd --permanent --delete-ipset=$mark >/dev/null
  firewall-cmd --permanent --delete-ipset=${mark}6 >/dev/null
  firewall-cmd --reload >/dev/null
}

[ -z "${1:-}" ] || firewall "$1"
