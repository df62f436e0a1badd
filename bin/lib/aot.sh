# shellcheck shell=bash
# The AOT cache: loaded and linked classes with which Java starts Pier faster (JEP 483, 514, 515). For sourcing by
# bin/pier, which sets home, jars, JAVA_HOME and class_path.
# shellcheck disable=SC2154
#
# A cache fits one build of Java and one set of jars, so it is created where it is used and is not part of the archive.
# It is in the folder of the jars, or in $PIER_CACHE if this user may not write there. The file pier.aot.for describes
# what it was created for. If that does not match, Pier starts without the cache.

# Prints what a cache depends on: the build of Java and each jar, wherever their folder is. The reproducible build gives
# all of Pier's jars the same time, so their checksums are included.
aot_fingerprint() (
  release=
  [[ ! -r $JAVA_HOME/release ]] || IFS= read -r -d '' release <"$JAVA_HOME/release" || true
  printf '%s' "$release"
  cd "$jars"
  shopt -s nullglob
  stat -L -c '%n %s %Y' -- *.jar ext/*.jar
  cksum -- pier-*.jar
)

# Whether a file of a cache was written for this Java and these jars.
aot_fits() {
  [[ -r $1 && $(aot_fingerprint) == "$(<"$1")" ]]
}

# The folders of a cache.
aot_folders=("$jars" ${PIER_CACHE:+"$PIER_CACHE"})

# Sets aot_cache to the cache to use, or fails.
find_aot_cache() {
  local folder cache stale=
  for folder in "${aot_folders[@]}"; do
    cache=$folder/pier.aot
    # Java runs code of a cache, so root does not take that of another user.
    [[ -r $cache && (-O $cache || $(stat -c %u "$cache") == 0) ]] || continue
    if aot_fits "$cache.for"; then
      aot_cache=$cache
      return
    fi
    stale=$cache
  done
  [[ -z $stale ]] ||
    echo "pier: $stale is not used: it was created for another Java or other jars; run 'bin/pier aot' again" >&2
  return 1
}

# Prints the folder for a new cache: the first that this user may write to.
aot_folder() {
  local folder
  for folder in "${aot_folders[@]}"; do
    if [[ -w $folder ]]; then
      printf '%s\n' "$folder"
      return
    fi
  done
  return 1
}

# Whether a server may create a cache in the background: it has a place, and has not failed before.
may_create_aot_cache() {
  local folder
  folder=$(aot_folder) && ! aot_fits "$folder/pier.aot.failed"
}

# Creates the cache from a short run of Pier with a static page, an unreachable peer, and calls between two nodes of its
# own.
create_aot_cache() {
  local folder unfinished
  if ! folder=$(aot_folder); then
    echo "pier: cannot create the AOT cache: $(id -un) may not write to $jars; PIER_CACHE names another folder" >&2
    exit 1
  fi
  # In the folder of the cache, which it takes the place of in one step.
  unfinished=$(mktemp -d -p "$folder" .pier-aot.XXXXXX)
  # shellcheck disable=SC2064 # The variable is local, so it is expanded now.
  trap "rm -rf '$unfinished'" EXIT
  rm -f "$folder/pier.aot.failed"
  echo "Creating $folder/pier.aot; this takes some seconds"
  if ! aot_training_run "$unfinished"; then
    cat "$unfinished/log" >&2
    aot_fingerprint >"$folder/pier.aot.failed"
    exit 1
  fi
  aot_fingerprint >"$unfinished/pier.aot.for"
  rm -f "$folder/pier.aot.for"
  mv -f "$unfinished/pier.aot" "$unfinished/pier.aot.for" "$folder"
  echo "Created $folder/pier.aot, $(($(stat -c %s "$folder/pier.aot") / 1000000)) MB"
}

# Runs Pier for a moment; at its end, Java writes pier.aot in the given folder.
aot_training_run() {
  local run=$1 pid url admin options=()
  mkdir -p "$run/webapps/ROOT"
  echo '<!doctype html><title>Pier</title>' >"$run/webapps/ROOT/index.html"
  (umask 077 && cat >"$run/server.conf") <<-END
	http { host = 127.0.0.1, port = 0 }
	admin { host = 127.0.0.1, port = 0 }
	webapps { folder = webapps, work = work }
	erlang {
	  node = "aot@localhost"
	  cookie = none
	  listen.enabled = false
	  peers.absent { node = "absent@localhost", address = "127.0.0.1:9" }
	}
	END
  [[ ! -r $home/conf/logback.xml ]] || options=(-Dlogback.configurationFile="$home/conf/logback.xml")
  # The environment may have settings of the server, such as its port.
  unset "${!PIER_SET_@}" NOTIFY_SOCKET WATCHDOG_USEC
  PIER_LOGS=$run "$JAVA_HOME/bin/java" -Xmx256m -XX:AOTCacheOutput="$run/pier.aot" -Xlog:aot=error \
    --enable-native-access=ALL-UNNAMED -Dpier.aot.training=true "${options[@]}" \
    -cp "$class_path" dev.pier.server.Main run --conf "$run/server.conf" \
    --ready-file "$run/ready" >"$run/log" 2>&1 &
  pid=$!
  # shellcheck disable=SC2064
  trap "kill $pid; exit 143" TERM
  until [[ -e $run/ready ]]; do
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.1
  done
  url=$(sed -n 's/^url=//p' "$run/ready")
  admin=$(sed -n 's/^admin=//p' "$run/ready")
  # Java keeps what it knows about methods that ran 200 times.
  aot_requests "$url" / 500
  aot_requests "$admin" /health 3
  aot_requests "$admin" /metrics 3
  aot_requests "$admin" /status 3
  kill "$pid"
  wait "$pid" || true
  [[ -s $run/pier.aot ]]
}

# Sends GET requests on one connection, without further programs.
#   aot_requests http://host:port path count
aot_requests() {
  local address=${1#http://} host number
  address=${address%/}
  host=${address%:*}
  (
    exec 3<>"/dev/tcp/$host/${address##*:}"
    for ((number = 1; number < $3; number++)); do
      printf 'GET %s HTTP/1.1\r\nHost: %s\r\n\r\n' "$2" "$host"
    done >&3
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$2" "$host" >&3
    cat <&3 >/dev/null
  )
}
