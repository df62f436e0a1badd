# shellcheck shell=bash
# Builds Pier with Maven. For sourcing after install.sh and its need_… functions; root is the source tree.
# shellcheck disable=SC2154

maven() {
  mvn -B -ntp -Derlang.lib="$ERLANG_LIB" -f "$root/pom.xml" "$@"
}

# Builds assembly/target/pier if a source file has changed since the last build. The modification time of a folder
# reveals deleted files. Holds a lock against other builds until release_build.
build_pier() {
  local made=$root/assembly/target/pier.made changed
  mkdir -p "$root/assembly/target"
  exec 8>"$root/assembly/target/pier.lock"
  flock 8
  if [[ -e $made && -d $root/assembly/target/pier/lib ]]; then
    changed=$(cd "$root" && find pom.xml .mvn conf bin ./*/pom.xml ./*/src ./*/*/pom.xml ./*/*/src \
      sample-webapp/erlang sample-webapp/elixir -newer "$made" -print -quit 2>/dev/null || true)
    if [[ -z $changed ]]; then
      step "Pier is up to date: nothing has changed since the last build"
      return
    fi
  fi
  step "Building Pier (mvn package, without the tests)"
  local started=$made.started
  touch "$started"
  maven -q -Dmaven.test.skip=true package || fail "the build failed; see Maven's output above"
  mv "$started" "$made"
}

release_build() {
  exec 8>&-
}
