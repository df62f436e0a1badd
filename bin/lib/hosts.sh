# shellcheck shell=bash
# Hosts on one network, each a network namespace with its own address. For sourcing after install.sh. The machine itself
# is on the network as well, so that a browser reaches the hosts.

# Unique on this machine, and short: the name of a network device has at most 15 characters.
network_id=pc$$
bridge=${network_id}br
network=10.214.$(($$ % 250))
network_hosts=()

namespace_of() {
  printf '%s%s\n' "$network_id" "$1"
}

# The host's end of the cable is eth0; this is the end at the switch.
cable_of() {
  printf '%sv%s\n' "$network_id" "$1"
}

# h1 to h9 have the addresses .1 to .9, w1 to w9 have .11 to .19, lb has .20.
address_of() {
  case $1 in
    h?) printf '%s.%s\n' "$network" "${1#h}" ;;
    w?) printf '%s.1%s\n' "$network" "${1#w}" ;;
    lb) printf '%s.20\n' "$network" ;;
    *) printf '%s.254\n' "$network" ;;
  esac
}

# Runs a command on a host.
on_host() {
  local host=$1
  shift
  ip netns exec "$(namespace_of "$host")" "$@"
}

# Runs a command on a host in the background. Its output goes to FILE.log, its process id to FILE.pid.
#   run_on_host host file command…
run_on_host() {
  local host=$1 file=$2
  shift 2
  ip netns exec "$(namespace_of "$host")" "$@" >>"$file.log" 2>&1 </dev/null &
  echo $! >"$file.pid"
  disown $!
}

make_network() {
  local host other
  step "Making the hosts $* in the network $network.0/24"
  ip link add "$bridge" type bridge 2>/dev/null ||
    fail "network namespaces cannot be made here: this needs the right to (root, or CAP_NET_ADMIN and CAP_SYS_ADMIN)"
  ip link set "$bridge" address 02:00:00:00:00:fe
  ip addr add "$(address_of switch)/24" dev "$bridge"
  ip link set "$bridge" up
  for host in "$@"; do
    network_hosts+=("$host")
    ip netns add "$(namespace_of "$host")"
    ip link add "$(cable_of "$host")" type veth peer name eth0 netns "$(namespace_of "$host")"
    ip link set "$(cable_of "$host")" master "$bridge"
    ip link set "$(cable_of "$host")" up
    on_host "$host" ip addr add "$(address_of "$host")/24" dev eth0
    on_host "$host" ip link set eth0 up
    on_host "$host" ip link set lo up
  done
  # The addresses of the network cards are known, so that no failed look-up of them tells of a cut.
  for host in "$@"; do
    for other in "$@"; do
      [[ $host == "$other" ]] || on_host "$host" ip neigh replace "$(address_of "$other")" \
        lladdr "$(on_host "$other" cat /sys/class/net/eth0/address)" dev eth0
    done
  done
}

# Unplugs a host: packets to and from it are dropped silently.
cut_off() {
  ip link set "$(cable_of "$1")" nomaster
}

connect_again() {
  ip link set "$(cable_of "$1")" master "$bridge"
}

# Ends all processes on the hosts, and removes them.
remove_network() {
  local host pids
  for host in "${network_hosts[@]}"; do
    pids=$(ip netns pids "$(namespace_of "$host")" 2>/dev/null || true)
    # shellcheck disable=SC2086
    [[ -z $pids ]] || kill -KILL $pids 2>/dev/null || true
  done
  for host in "${network_hosts[@]}"; do
    ip netns del "$(namespace_of "$host")" 2>/dev/null || true
    ip link del "$(cable_of "$host")" 2>/dev/null || true
  done
  ip link del "$bridge" 2>/dev/null || true
}

# Seconds to wait for a state that must come.
patience=180

# Waits until a condition holds.
#   await name condition…
await() {
  local deadline=$((SECONDS + patience)) name=$1
  shift
  until "$@"; do
    [[ $SECONDS -lt $deadline ]] || fail "$name: not within $patience s"
    sleep 0.2
  done
}
