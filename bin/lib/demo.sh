# shellcheck shell=bash
# The folders and processes of running demos. For sourcing by bin/demo.
#
# Each run has a folder, $demos/<number>, with all its files:
#   tree            the path of the source tree that it was started from
#   owner           the process of bin/demo; removed by --detach
#   start-erlang    runs the Erlang node and restarts it when it is killed; erlang.pid, erlang.log
#   mnesia          the tables of that node
#   stopping        exists while the run is being stopped
#   start-chat      runs the Elixir chat, if Elixir is installed; chat.pid, chat.log; its modules are in chat
#   start-pier      runs Pier; pier.pid, pier.log
#   home            the home folder of the Erlang nodes, with the cookie
#   pier            a copy of the distribution, which a new build does not change
#   server.conf     Pier's settings
# A .pid file (and owner) contains a process id and the process's start time, so that a later process with the same id
# is not mistaken for it.

demos=${PIER_DEMOS:-/tmp/pier-demo-$(id -u)}

# The start time of a process in clock ticks since boot; nothing if it has ended.
start_time() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  # SPEC: proc(5) /proc/pid/stat: the name is in parentheses and can contain any character; the state follows it.
  read -r -a stat <<<"${stat##*) }"
  [[ ${stat[0]} == Z ]] || printf '%s\n' "${stat[19]}"
}

# Writes a .pid file in one step: a reader takes an empty one for a process that has ended.
#   write_pid FILE PID
write_pid() {
  printf '%s %s\n' "$2" "$(start_time "$2")" >"$1.new"
  mv "$1.new" "$1"
}

# Prints the process id from a .pid file if the process is alive; otherwise fails.
alive() {
  local pid start
  [[ -r $1 ]] && read -r pid start <"$1" || return 1
  [[ -n $start && $(start_time "$pid") == "$start" ]] || return 1
  printf '%s\n' "$pid"
}

# Creates the folder of all runs. It must belong to this user, because the runs contain a cookie and scripts.
prepare_demos_folder() {
  mkdir -m 700 "$demos" 2>/dev/null || true
  [[ -d $demos && ! -L $demos && -O $demos ]] || fail "$demos is not a folder that belongs to you; please remove it"
  exec 9>"$demos/lock"
}

# Lets one run at a time start or be removed. Otherwise two runs could choose the same free port.
lock() {
  flock -w 300 9 || fail "$demos/lock is held: another bin/demo has been starting for more than five minutes"
}

unlock() {
  flock -u 9
}

# Ends a process with SIGTERM, or with SIGKILL after a timeout.
#   end_process pid-file name seconds
end_process() {
  local pid deadline=$((SECONDS + $3))
  pid=$(alive "$1") || return 0
  kill -TERM "$pid" 2>/dev/null || true
  while alive "$1" >/dev/null && [[ $SECONDS -lt $deadline ]]; do
    sleep 0.1
  done
  if alive "$1" >/dev/null; then
    echo "    Killing $2: it has not ended within $3 s" >&2
    kill -KILL "$pid" 2>/dev/null || true
  fi
}

# Stops the processes of a run, Pier first, so that it does not log lost connections.
stop_run() {
  : >"$1/stopping" # Tells start-erlang not to restart the node.
  end_process "$1/pier.pid" "Pier" 30
  end_process "$1/chat.pid" "the Elixir chat" 10
  end_process "$1/erlang.pid" "the Erlang node" 10
  stop_epmd_if_unused
}

# Starts EPMD on the loopback interface if none is running.
start_epmd_if_missing() {
  epmd_names >/dev/null && return
  step "Starting EPMD"
  ERL_EPMD_ADDRESS=127.0.0.1 setsid "$EPMD" >/dev/null 2>&1 </dev/null 9>&- &
  local pid=$! deadline=$((SECONDS + 10))
  until epmd_names >/dev/null; do
    [[ $SECONDS -lt $deadline ]] ||
      fail "EPMD does not answer on port ${ERL_EPMD_PORT:-4369}; another program may use the port"
    sleep 0.1
  done
  write_pid "$demos/epmd.pid" "$pid"
}

# Stops an EPMD that a demo has started, with the last demo. EPMD refuses while other nodes are registered, and then
# stays.
stop_epmd_if_unused() {
  local pid deadline=$((SECONDS + 2))
  pid=$(alive "$demos/epmd.pid") || return 0
  flock -n 9 || return 0 # Another demo is starting and needs EPMD.
  until "/proc/$pid/exe" -kill >/dev/null 2>&1; do
    [[ $SECONDS -lt $deadline ]] || return 0
    sleep 0.1
  done
  rm -f "$demos/epmd.pid"
}

# Prints the registered node names, one per line. Fails if EPMD is not running.
epmd_names() {
  local answer
  answer=$(timeout 5 "$EPMD" -names 2>/dev/null) || return 1
  sed -n 's/^name \([^ ]*\) at port .*/\1/p' <<<"$answer"
}

# Stops and removes orphaned runs: those whose bin/demo was killed, and detached runs whose Pier has ended.
remove_orphans() {
  local orphan
  for orphan in "$demos"/*/; do
    orphan=${orphan%/}
    [[ -d $orphan ]] || continue
    [[ -e $orphan/owner ]] || { alive "$orphan/pier.pid" >/dev/null && continue; }
    alive "$orphan/owner" >/dev/null && continue
    stop_run "$orphan"
    rm -rf "$orphan"
  done
}
