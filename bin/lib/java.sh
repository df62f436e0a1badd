# shellcheck shell=bash
# Finds a Java for Pier. For sourcing; needs only bash, and sed for a Java without a release file.

PIER_JAVA=25

# Prints the feature release of the Java in a folder, or nothing.
java_release() {
  local line
  [[ -x $1/bin/java ]] || return 0
  if [[ -r $1/release ]]; then
    while IFS= read -r line; do
      [[ ! $line =~ ^JAVA_VERSION=\"([0-9]+) ]] || printf '%s\n' "${BASH_REMATCH[1]}"
    done <"$1/release"
  else
    "$1/bin/java" -XshowSettings:properties -version 2>&1 |
      sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p'
  fi
}

# Whether a folder has Java 25 or newer, and a compiler if the kind is "jdk".
#   java_suits folder jre|jdk
java_suits() {
  local home=$1 kind=$2 release
  [[ $kind != jdk || -x $home/bin/javac ]] || return 1
  release=$(java_release "$home")
  [[ -n $release && $release -ge $PIER_JAVA ]]
}

# Prints the folder of a Java: from JAVA_HOME, the PATH or the system's and the user's folders, in this order. In the
# folders, release 25, with which Pier is built, is preferred to a newer one.
#   find_java jre|jdk
find_java() {
  local kind=$1 home newer=
  if [[ -n ${JAVA_HOME:-} ]] && java_suits "$JAVA_HOME" "$kind"; then
    printf '%s\n' "$JAVA_HOME"
    return
  fi
  if home=$(command -v java); then
    home=$(readlink -f "$home")
    home=${home%/bin/java}
    if java_suits "$home" "$kind"; then
      printf '%s\n' "$home"
      return
    fi
  fi
  for home in /usr/lib/jvm/* /usr/java/* /usr/local/lib/jvm/* /usr/local/openjdk-* /opt/java/* /opt/jdk* \
    "${HOME:-/root}"/.sdkman/candidates/java/* "${HOME:-/root}"/.jdks/* \
    "${XDG_CACHE_HOME:-${HOME:-/root}/.cache}"/pier/jdk-[0-9][0-9]; do
    java_suits "$home" "$kind" || continue
    if [[ $(java_release "$home") -eq $PIER_JAVA ]]; then
      printf '%s\n' "$home"
      return
    fi
    newer=$home
  done
  [[ -n $newer ]] && printf '%s\n' "$newer"
}
