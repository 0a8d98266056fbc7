# The ports of the swarm: open among the nodes, closed to everybody else, containers of the nodes included. Installed on
# the machine as it is, so that it can run at every boot: `sh firewall.sh apply|remove|check`. NODES, DATA_PATH_PORT and
# METADATA come from firewall.conf beside it.
#
# A table of our own closes the ports. It cannot open what another firewall drops (any drop is final), so that one is
# told as well, each in its own way. All rules carry our name.

# Ports and addresses are lists of words.
# shellcheck disable=SC2086
mark=pulumi-swarm
folder=/etc/pulumi-swarm
tcp_ports="2377 7946"

firewall() {
  # shellcheck source=/dev/null
  [ ! -e "$folder/firewall.conf" ] || . "$folder/firewall.conf"
  udp_ports="7946 $DATA_PATH_PORT"
  input_rules=$(iptables_rules 2>/dev/null)
  "firewall_$1"
}

firewall_apply() {
  own_table | nft -f - || { without_fib; return 1; }
  tell_chains || return 1
  if iptables_drops; then tell_iptables || return 1; else forget_iptables; fi
  if ufw_active; then tell_ufw || return 1; fi
  if firewalld_active; then tell_firewalld || return 1; fi
  firewall_live >"$folder/firewall.applied"
}

firewall_remove() {
  if has_own_table; then nft delete table inet pulumi_swarm; fi
  foreign_chains | while read -r family table chain; do forget_rules "$family" "$table" "$chain" | nft -f -; done
  forget_iptables
  if ufw_active; then forget_ufw; fi
  forget_firewalld
}

# Silent where everything is as it was applied; else shows what is missing, and what is there that was not.
firewall_check() {
  difference=$(firewall_live | diff "$folder/firewall.applied" -) && return
  printf '%s\n' "$difference" | sed -n 's/[[:space:]]\{2,\}/ /g; s/^< */gone: /p; s/^> */new: /p' | sed 3q
  return 1
}

# All that is ours, and which other firewalls there are.
firewall_live() {
  nft --stateless list table inet pulumi_swarm 2>/dev/null
  foreign_chains | while read -r family table chain; do
    echo "chain $chain of table $family $table"
    nft --stateless list chain "$family" "$table" "$chain" | grep -F "comment \"$mark\""
  done
  if iptables_drops; then
    for iptables in iptables ip6tables; do
      $iptables -S INPUT | grep -e '-j PULUMI-SWARM' | sed "s/^/$iptables: /"
      $iptables -S PULUMI-SWARM 2>/dev/null | sed "s/^/$iptables: /"
    done
  fi
  if ufw_active; then
    echo "ufw is active"
    ufw show added | grep "comment '$mark'"
  fi
  if firewalld_active; then
    echo "firewalld is active"
    firewall-cmd --info-policy=$mark 2>/dev/null | sort
  fi
}

has_own_table() { nft list table inet pulumi_swarm >/dev/null 2>&1; }

# Says why a table without a mistake in it is refused.
without_fib() {
  ! modprobe -n nft_fib_inet 2>&1 | grep -q . ||
    echo "The kernel $(uname -r) has no module nft_fib_inet. Install its full set of modules (linux-modules-extra on Ubuntu, kernel-modules-extra on RHEL), or reboot into the kernel that is installed."
}

# One transaction: there is no moment without the table.
#
# A node's address counts only where the way back to it is the way the packet came: a container may send packets with any
# sender (NET_RAW), and then they come from its bridge. What a container sends under its own address is let go under the
# machine's own one (masquerading, by the engine), so it has to be stopped before it leaves. Overlay networks pass no
# forward chain: the kernel itself sends and receives what carries their frames. The priority is before the engine's own
# rules, and a drop is final whatever they say.
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
  chain forward {
    type filter hook forward priority filter - 10; policy accept;
$(metadata_rules)
    tcp dport { $(commas $tcp_ports) } jump forwarded
    udp dport { $(commas $udp_ports) } jump forwarded
    meta l4proto esp jump forwarded
  }
  # Ports of these numbers that are no node's: between containers of one network, behind a published port, and those of
  # whoever asked a container something.
  chain forwarded {
    fib daddr . iif oif exists accept
    ct direction original ct status dnat accept
    ct direction reply fib saddr . iif oif exists accept
    goto swarm
  }
  chain swarm {
    ip saddr @nodes fib saddr . iif oif exists accept
    ip6 saddr @nodes6 fib saddr . iif oif exists accept
    drop
  }
  # Google's answers questions for names as well, and is the only one there that does.
  chain metadata {
    meta l4proto { tcp, udp } th dport 53 return
    drop
  }
}
TABLE
}

# The address is the same at Amazon, Azure, Google, Hetzner, OpenStack and others; the second one is Amazon's for IPv6.
metadata_rules() {
  [ "$METADATA" = drop ] || return 0
  echo "ip daddr 169.254.169.254 jump metadata"
  echo "ip6 daddr fd00:ec2::254 jump metadata"
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

commas() {
  list=
  for word in "$@"; do list="$list${list:+, }$word"; done
  printf '%s' "$list"
}

# Input chains that somebody else made with nft and that may drop something. Those of iptables (in capitals), ufw and
# firewalld are told otherwise.
foreign_chains() {
  nft --stateless list ruleset 2>/dev/null | awk -v iptables="${input_rules:+yes}" '
    $1 == "table" { family = $2; table = $3 }
    $1 == "chain" { chain = $2; input = 0; drops = 0 }
    / hook input / { input = 1 }
    /policy drop|(^|[ \t])(drop|reject|jump|goto)([ \t;]|$)/ { drops = 1 }
    $1 == "}" && chain != "" {
      if (input && drops && family ~ /^(inet|ip|ip6)$/ && table != "pulumi_swarm" && table != "firewalld" &&
          !(chain == "INPUT" && iptables)) print family, table, chain
      chain = ""
    }'
}

# Old rules out and new ones in, in one transaction for each chain.
tell_chains() {
  foreign_chains | while read -r family table chain; do
    {
      forget_rules "$family" "$table" "$chain"
      [ "$family" = ip6 ] || rules "$family $table $chain" ip "$(of_family 4)"
      [ "$family" = ip ] || rules "$family $table $chain" ip6 "$(of_family 6)"
    } | nft -f - || exit 1
  done
}

rules() {
  [ -n "$3" ] || return 0
  # shellcheck disable=SC2086 # Several words.
  from="$2 saddr { $(commas $3) }"
  # shellcheck disable=SC2086 # Several words.
  cat <<RULES
insert rule $1 $from tcp dport { $(commas $tcp_ports) } accept comment "$mark"
insert rule $1 $from udp dport { $(commas $udp_ports) } accept comment "$mark"
insert rule $1 $from meta l4proto esp accept comment "$mark"
RULES
}

forget_rules() {
  nft -a list chain "$1" "$2" "$3" | awk -v mark="comment \"$mark\"" -v chain="$1 $2 $3" '
    index($0, mark) { print "delete rule", chain, "handle", $NF }'
}

# Rules made with iptables by hand or by netfilter-persistent; ufw and firewalld make theirs the same way. The engine
# itself drops what comes in clear for encrypted networks (u32 or bpf): that is no firewall.
iptables_drops() {
  case $input_rules in
    *"-P INPUT DROP"* | *"-j DROP"* | *"-j REJECT"*) ! ufw_active && ! firewalld_active ;;
    *) false ;;
  esac
}

iptables_rules() { command -v iptables >/dev/null 2>&1 && iptables -S INPUT | grep -vE -e '-m (u32|bpf) '; }

# One transaction for each family. A chain that is named anew is emptied by that.
tell_iptables() {
  for family in 4 6; do
    addresses=$(of_family $family)
    iptables=$([ $family = 4 ] && echo iptables || echo ip6tables)
    [ -n "$addresses" ] || continue
    {
      printf '*filter\n:PULUMI-SWARM - [0:0]\n'
      for node in $addresses; do
        echo "-A PULUMI-SWARM -s $node -p tcp -m multiport --dports $(echo "$tcp_ports" | tr ' ' ,) -j ACCEPT"
        echo "-A PULUMI-SWARM -s $node -p udp -m multiport --dports $(echo "$udp_ports" | tr ' ' ,) -j ACCEPT"
        echo "-A PULUMI-SWARM -s $node -p esp -j ACCEPT"
      done
      $iptables -C INPUT -j PULUMI-SWARM 2>/dev/null || echo "-I INPUT $(after_engine $iptables) -j PULUMI-SWARM"
      echo COMMIT
    } | $iptables-restore --noflush || return 1
  done
}

# The engine's own drops come first, and have to stay so: they are what makes encrypted networks safe.
after_engine() { $1 -S INPUT | grep -e '^-A' | awk '/-m (u32|bpf) / && /-j DROP/ { last = NR } END { print last + 1 }'; }

forget_iptables() {
  for iptables in iptables ip6tables; do
    command -v $iptables >/dev/null 2>&1 && $iptables -S PULUMI-SWARM >/dev/null 2>&1 || continue
    $iptables -D INPUT -j PULUMI-SWARM 2>/dev/null
    $iptables -F PULUMI-SWARM
    $iptables -X PULUMI-SWARM
  done
}

ufw_active() { command -v ufw >/dev/null 2>&1 && ufw status 2>/dev/null | grep -q '^Status: active'; }

# In front of the user's own rules: an earlier "deny" would win. What is there is left alone, as each call takes its time.
# shellcheck disable=SC2086 # Several words.
tell_ufw() {
  added=$(own_ufw_rules)
  wanted=$(wanted_ufw_rules)
  printf '%s\n' "$wanted" | while read -r rule; do
    printf '%s\n' "$added" | grep -qxF "$rule" || ufw prepend $rule comment "$mark" </dev/null >/dev/null || exit 1
  done || return 1
  printf '%s\n' "$added" | while read -r rule; do
    printf '%s\n' "$wanted" | grep -qxF "$rule" || delete_ufw_rule "$rule"
  done
}

# As ufw prints them.
wanted_ufw_rules() {
  for node in $NODES; do
    echo "allow from $node to any port $(sorted $tcp_ports) proto tcp"
    echo "allow from $node to any port $(sorted $udp_ports) proto udp"
    echo "allow from $node proto esp"
  done
}

sorted() { printf '%s\n' "$@" | sort -n | paste -s -d , -; }

own_ufw_rules() { ufw show added | sed -n "s/^ufw \(.*\) comment '$mark'$/\1/p"; }

forget_ufw() { own_ufw_rules | while read -r rule; do delete_ufw_rule "$rule"; done; }

# shellcheck disable=SC2086 # Several words.
delete_ufw_rule() { [ -z "$1" ] || ufw delete $1 </dev/null >/dev/null; }

firewalld_active() { command -v firewall-cmd >/dev/null 2>&1 && firewall-cmd --state >/dev/null 2>&1; }

policy_file=/etc/firewalld/policies/pulumi-swarm.xml

# A policy of our own counts in whatever zone the nodes' interface is.
tell_firewalld() {
  if ! firewalld_policy | cmp -s - "$policy_file"; then
    mkdir -p "${policy_file%/*}" && firewalld_policy >"$policy_file" || return 1
  fi
  firewall-cmd --reload >/dev/null
}

firewalld_policy() {
  printf '<?xml version="1.0" encoding="utf-8"?>\n<policy target="CONTINUE" priority="-10">\n'
  printf '  <short>%s</short>\n  <ingress-zone name="ANY"/>\n  <egress-zone name="HOST"/>\n' $mark
  for family in 4 6; do
    for node in $(of_family $family); do
      for port in $tcp_ports; do firewalld_rule $family "$node" "<port port=\"$port\" protocol=\"tcp\"/>"; done
      for port in $udp_ports; do firewalld_rule $family "$node" "<port port=\"$port\" protocol=\"udp\"/>"; done
      firewalld_rule $family "$node" '<protocol value="esp"/>'
    done
  done
  printf '</policy>\n'
}

firewalld_rule() { printf '  <rule family="ipv%s"><source address="%s"/>%s<accept/></rule>\n' "$@"; }

forget_firewalld() {
  [ -e "$policy_file" ] || return 0
  rm -f "$policy_file"
  if firewalld_active; then firewall-cmd --reload >/dev/null; fi
}

[ -z "${1:-}" ] || firewall "$1"
