# shellcheck shell=bash
# The AOT cache: loaded and linked classes with which Java starts Pier faster (JEP 483, 514, 515). For sourcing by
# bin/pier, which sets jars, JAVA_HOME and class_path.
# shellcheck disable=SC2154
#
# A cache fits one build of Java and one set of jars, so it is created where it is used and is not part of the archive.
# The file pier.aot.for describes what it was created for. If that does not match, Pier starts without the cache.

aot_cache=$jars/pier.aot

# Java checks the cache, too, but prints several error lines if it does not fit, also if only the JVM options do not fit
# (such as with a flight recording). These are switched off.
aot_options=(-XX:AOTCache="$aot_cache" -Xlog:aot=off -Xlog:cds=off)

# Prints what a cache depends on: the build of Java and each jar. The reproducible build gives all of Pier's jars the
# same time, so their checksums are included.
aot_fingerprint() {
  cat "$JAVA_HOME/release" 2>/dev/null
  stat -c '%n %s %Y' "$jars"/*.jar
  cksum "$jars"/pier-*.jar
}

aot_cache_fits() {
  [[ -r $aot_cache && -r $aot_cache.for ]] || return 1
  [[ $(aot_fingerprint) == "$(<"$aot_cache.for")" ]] && return
  echo "pier: $aot_cache is not used: it was created for another Java or other jars; run 'bin/pier aot' again" >&2
  return 1
}

# Creates the cache from a short run of Pier with a static page and an unreachable peer.
create_aot_cache() {
  local run pid url admin
  [[ -w $jars ]] || { echo "pier: cannot create $aot_cache: $(id -un) may not write to $jars" >&2; exit 1; }
  rm -f "$aot_cache" "$aot_cache.for"
  run=$(mktemp -d)
  # shellcheck disable=SC2064 # The variable is local, so it is expanded now.
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
	  peers.absent { node = "absent@localhost", address = "127.0.0.1:9" }
	}
	END
  echo "Creating $aot_cache; this takes some seconds"
  "$JAVA_HOME/bin/java" -XX:AOTCacheOutput="$aot_cache" -Xlog:aot=error --enable-native-access=ALL-UNNAMED \
    -cp "$(class_path)" dev.pier.server.Main run --conf "$run/server.conf" \
    --ready-file "$run/ready" >"$run/log" 2>&1 &
  pid=$!
  until [[ -e $run/ready ]]; do
    kill -0 "$pid" 2>/dev/null || { cat "$run/log" >&2; exit 1; }
    sleep 0.1
  done
  url=$(sed -n 's/^url=//p' "$run/ready")
  admin=$(sed -n 's/^admin=//p' "$run/ready")
  for _ in 1 2 3; do
    aot_request "$url" /
    aot_request "$admin" /health
    aot_request "$admin" /metrics
    aot_request "$admin" /status
  done
  kill "$pid"
  wait "$pid" || true
  [[ -s $aot_cache ]] || { cat "$run/log" >&2; exit 1; }
  aot_fingerprint >"$aot_cache.for"
  echo "Created $aot_cache, $(($(stat -c %s "$aot_cache") / 1000000)) MB"
}

# Sends a GET request without further programs.
#   aot_request http://host:port path
aot_request() {
  local address=${1#http://} host
  address=${address%/}
  host=${address%:*}
  (
    exec 3<>"/dev/tcp/$host/${address##*:}"
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$2" "$host" >&3
    cat <&3 >/dev/null
  )
}
