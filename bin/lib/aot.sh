# shellcheck shell=bash
# The cache of loaded and linked classes with which Java starts Pier faster (JEP 483, 514, 515). For sourcing by
# bin/pier, with its jars, JAVA_HOME and class_path.
# shellcheck disable=SC2154
#
# It is good for one build of Java and for these very jars, so it is made where it is used, and is not part of the
# archive. Beside it stands what it was made for; where that no longer holds, Pier starts without it.

aot_cache=$jars/pier.aot

# Java would look for itself whether the cache fits, and else print lines of errors before it goes on without. They
# also come where the options do not fit, as with a flight recording: hence without a word.
aot_options=(-XX:AOTCache="$aot_cache" -Xlog:aot=off -Xlog:cds=off)

# What a cache depends on: the build of Java, and each jar. The build gives all files the same time, so that one build of
# Pier may look like another to Java: hence the sums of its own jars.
aot_made_for() {
  cat "$JAVA_HOME/release" 2>/dev/null
  stat -c '%n %s %Y' "$jars"/*.jar
  cksum "$jars"/pier-*.jar
}

aot_cache_fits() {
  [[ -r $aot_cache && -r $aot_cache.for ]] || return 1
  [[ $(aot_made_for) == "$(<"$aot_cache.for")" ]] && return
  echo "pier: $aot_cache was made for another Java or other jars, and is not used; 'bin/pier aot' makes a new one" >&2
  return 1
}

# Runs Pier for a moment, with a page of its own instead of any application, and a peer that is not there.
make_aot_cache() {
  local run pid url admin
  [[ -w $jars ]] || { echo "pier: $jars is not writable for $(id -un)" >&2; exit 1; }
  rm -f "$aot_cache" "$aot_cache.for"
  run=$(mktemp -d)
  # shellcheck disable=SC2064 # This very folder.
  trap "rm -rf '$run'" EXIT
  mkdir -p "$run/webapps/ROOT"
  echo '<!doctype html><title>Pier</title>' >"$run/webapps/ROOT/index.html"
  (umask 077 && cat >"$run/server.conf") <<-END
	http { host = 127.0.0.1, port = 0 }
	admin { host = 127.0.0.1, port = 0 }
	webapps { folder = webapps, work = work }
	access-log.enabled = false
	erlang {
	  node = "aot@localhost"
	  cookie = none
	  listen.enabled = false
	  peers.nobody { node = "nobody@localhost", address = "127.0.0.1:9" }
	}
	END
  echo "Making $aot_cache: this takes some seconds"
  "$JAVA_HOME/bin/java" -XX:AOTCacheOutput="$aot_cache" -Xlog:aot=error -cp "$(class_path)" \
    dev.pier.server.Main run --conf "$run/server.conf" --ready-file "$run/ready" >"$run/log" 2>&1 &
  pid=$!
  until [[ -e $run/ready ]]; do
    kill -0 "$pid" 2>/dev/null || { cat "$run/log" >&2; exit 1; }
    sleep 0.1
  done
  url=$(sed -n 's/^url=//p' "$run/ready")
  admin=$(sed -n 's/^admin=//p' "$run/ready")
  for _ in 1 2 3; do
    aot_ask "$url" /
    aot_ask "$admin" /health
    aot_ask "$admin" /metrics
    aot_ask "$admin" /status
  done
  kill "$pid"
  wait "$pid" || true
  [[ -s $aot_cache ]] || { cat "$run/log" >&2; exit 1; }
  aot_made_for >"$aot_cache.for"
  echo "Made $aot_cache, $(($(stat -c %s "$aot_cache") / 1000000)) MB"
}

# aot_ask http://host:port path
aot_ask() {
  local address=${1#http://} host
  address=${address%/}
  host=${address%:*}
  (
    exec 3<>"/dev/tcp/$host/${address##*:}"
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$2" "$host" >&3
    cat <&3 >/dev/null
  )
}
