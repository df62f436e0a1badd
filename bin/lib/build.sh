# shellcheck shell=bash
# Builds Pier with Maven. For sourcing, after install.sh and its need_… functions, where root is the source tree.
# shellcheck disable=SC2154

maven() {
  mvn -B -ntp -Derlang.lib="$ERLANG_LIB" -f "$root/pom.xml" "$@"
}

# Makes assembly/target/pier, if anything has changed since it was made. A folder's own time tells of files that are
# gone. Nobody else makes it until build_taken.
build_pier() {
  local made=$root/assembly/target/pier.made changed
  mkdir -p "$root/assembly/target"
  exec 8>"$root/assembly/target/pier.lock"
  flock 8
  if [[ -e $made && -d $root/assembly/target/pier/lib ]]; then
    changed=$(cd "$root" && find pom.xml .mvn conf bin ./*/pom.xml ./*/src -newer "$made" -print -quit 2>/dev/null || true)
    if [[ -z $changed ]]; then
      step "Pier is built, and nothing has changed since"
      return
    fi
  fi
  step "Building Pier (mvn package, without the tests)"
  local started=$made.started
  touch "$started"
  maven -q -Dmaven.test.skip=true package || fail "the build failed; what Maven says stands above"
  mv "$started" "$made"
}

build_taken() {
  exec 8>&-
}
