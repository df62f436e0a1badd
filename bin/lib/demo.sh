# shellcheck shell=bash
# The running demo: its folder, its processes, and how they end. For sourcing by bin/demo.
#
# Each run has a folder of its own, $demos/<number>, with all that it needs and writes:
#   tree            the source tree that it was started from
#   owner           the bin/demo that looks after it; gone once it is detached
#   start-erlang    runs its Erlang node, and starts it again when it is killed; erlang.pid, erlang.log
#   mnesia          what that node keeps
#   stopping        there once the run is ending
#   start-chat      starts its Elixir chat, where there is Elixir; chat.pid, chat.log, what is compiled in chat
#   start-pier      starts its Pier; pier.pid, pier.log
#   home            the Erlang nodes' home, for the cookie
#   pier            a copy of the built Pier, so that a new build takes nothing from under it
#   server.conf     what Pier is told
# A .pid file (and owner) holds a process id and when that process began, so that no stranger who gets the same id later
# is ever taken for it.

demos=${PIER_DEMOS:-/tmp/pier-demo-$(id -u)}

# When a process began, in the kernel's ticks; nothing if it has ended.
began() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  # The name stands in brackets and may hold anything; the state is the first word behind it.
  read -r -a stat <<<"${stat##*) }"
  [[ ${stat[0]} == Z ]] || printf '%s\n' "${stat[19]}"
}

# Prints the process that a .pid file names, if it is alive.
alive() {
  local pid start
  [[ -r $1 ]] && read -r pid start <"$1" || return 1
  [[ -n $start && $(began "$pid") == "$start" ]] || return 1
  printf '%s\n' "$pid"
}

# The folder that holds the runs: this user's alone, or nobody's.
open_demos() {
  mkdir -m 700 "$demos" 2>/dev/null || true
  [[ -d $demos && ! -L $demos && -O $demos ]] || fail "$demos should be a folder of yours, and is not; please remove it"
  exec 9>"$demos/lock"
}

# One run starts, or is removed, at a time: else two would find the same port free.
lock() {
  flock -w 300 9 || fail "another bin/demo has been starting for five minutes; it holds $demos/lock"
}

unlock() {
  flock -u 9
}

# Ends a process, first gently.
#   end_process file name seconds
end_process() {
  local pid deadline=$((SECONDS + $3))
  pid=$(alive "$1") || return 0
  kill -TERM "$pid" 2>/dev/null || true
  while alive "$1" >/dev/null && [[ $SECONDS -lt $deadline ]]; do
    sleep 0.1
  done
  if alive "$1" >/dev/null; then
    echo "    $2 did not end within $3 s, and is killed" >&2
    kill -KILL "$pid" 2>/dev/null || true
  fi
}

# Ends what a run has started, in the order that leaves no error in a log.
stop_run() {
  : >"$1/stopping" # What is killed from here on is not to be started again.
  end_process "$1/pier.pid" "Pier" 30
  end_process "$1/chat.pid" "the Elixir chat" 10
  end_process "$1/erlang.pid" "the Erlang node" 10
  leave_epmd
}

# Starts EPMD where none runs, for this machine alone.
enter_epmd() {
  epmd_names >/dev/null && return
  step "Starting EPMD"
  ERL_EPMD_ADDRESS=127.0.0.1 setsid "$EPMD" >/dev/null 2>&1 </dev/null 9>&- &
  local pid=$! deadline=$((SECONDS + 10))
  until epmd_names >/dev/null; do
    [[ $SECONDS -lt $deadline ]] ||
      fail "EPMD does not answer at port ${ERL_EPMD_PORT:-4369}; does another program have that port?"
    sleep 0.1
  done
  printf '%s %s\n' "$pid" "$(began "$pid")" >"$demos/epmd.pid"
}

# An EPMD that a demo has started ends with the last demo, unless other nodes have registered with it by then: EPMD
# itself refuses to end as long as it knows any.
leave_epmd() {
  local pid deadline=$((SECONDS + 2))
  pid=$(alive "$demos/epmd.pid") || return 0
  flock -n 9 || return 0 # Another demo is just starting, and will see to it.
  until "/proc/$pid/exe" -kill >/dev/null 2>&1; do
    [[ $SECONDS -lt $deadline ]] || return 0
    sleep 0.1
  done
  rm -f "$demos/epmd.pid"
}

# The names that nodes have registered, a line each. Fails if there is no EPMD.
epmd_names() {
  local answer
  answer=$(timeout 5 "$EPMD" -names 2>/dev/null) || return 1
  sed -n 's/^name \([^ ]*\) at port .*/\1/p' <<<"$answer"
}

# What runs have left behind that nobody looks after any more: those whose bin/demo was killed.
clear_left_behind() {
  local left
  for left in "$demos"/*/; do
    left=${left%/}
    [[ -d $left ]] || continue
    [[ -e $left/owner ]] || { alive "$left/pier.pid" >/dev/null && continue; }
    alive "$left/owner" >/dev/null && continue
    stop_run "$left"
    rm -rf "$left"
  done
}
