# shellcheck shell=bash
# Finds the programs that a script needs and installs missing ones with apt. For sourcing.

# shellcheck source=bin/lib/java.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/java.sh"

step() {
  printf '==> %s\n' "$*"
}

fail() {
  printf '%s: %s\n' "$(basename -- "$0")" "$*" >&2
  exit 1
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  else
    sudo "$@"
  fi
}

apt_update() {
  [[ -z ${apt_updated:-} ]] || return 0
  step "Reading the package lists (apt-get update)"
  as_root apt-get -q update || fail "apt-get update failed; see its output above"
  apt_updated=yes
}

apt_has() {
  [[ -n $(apt-cache -q show "$1" 2>/dev/null) ]]
}

apt_install() {
  command -v apt-get >/dev/null ||
    fail "cannot install packages: this system has no apt; please install the equivalent of Debian's $*"
  [[ $(id -u) -eq 0 ]] || command -v sudo >/dev/null ||
    fail "cannot install packages: not root, and sudo is missing; as root, run: apt-get install $*"
  apt_update
  step "Installing $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@" ||
    fail "apt-get install $* failed; see its output above"
}

# Sets JAVA_HOME.
need_jdk() {
  local package=openjdk-$PIER_JAVA-jdk-headless home
  if ! home=$(find_java jdk); then
    step "No JDK $PIER_JAVA found in JAVA_HOME, on the PATH or in the system's folders"
    if command -v apt-get >/dev/null && ! apt_has "$package"; then
      apt_update
    fi
    if command -v apt-get >/dev/null && ! apt_has "$package"; then
      # Debian 12 has none.
      step "apt has no package $package"
      home=$("$(dirname -- "${BASH_SOURCE[0]}")/../jdk") ||
        fail "no JDK $PIER_JAVA: see above; please install any JDK $PIER_JAVA and run: export JAVA_HOME=FOLDER"
    else
      apt_install "$package"
      home=$(find_java jdk) || fail "no JDK $PIER_JAVA found, although $package is installed; please set JAVA_HOME"
    fi
  fi
  export JAVA_HOME=$home
  step "JDK: $home"
}

need_command() {
  local command=$1 package=$2
  command -v "$command" >/dev/null || apt_install "$package"
  command -v "$command" >/dev/null || fail "$command is not on the PATH, although the package $package is installed"
}

need_maven() {
  need_command mvn maven
  # A JDK of Debian's has the certificates of authorities that another package makes, for all JDKs.
  [[ -e $JAVA_HOME/lib/security/cacerts ]] || apt_install default-jre-headless
  # Suppresses warnings of JDK 25 about Maven's own libraries.
  MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
  export MAVEN_OPTS
  step "Maven: $(command -v mvn)"
}

erlang_eval() {
  erl -noinput -boot start_clean -eval "$1, halt()."
}

# Prints the Debian packages for the parts of Erlang that the build or the demo needs and that are missing.
missing_erlang_packages() {
  if ! command -v erl >/dev/null || ! command -v erlc >/dev/null; then
    echo erlang-base erlang-mnesia erlang-ssl erlang-jinterface
    return
  fi
  # shellcheck disable=SC2016 # It is Erlang.
  erlang_eval '
    Lacks = [A || A <- [mnesia, ssl], is_tuple(code:lib_dir(A))]
      ++ [jinterface || filelib:wildcard(code:lib_dir() ++ "/jinterface-*/priv/OtpErlang.jar") =:= []],
    [io:format("erlang-~s ", [A]) || A <- Lacks]'
}

# Sets ERLANG_LIB, the folder of Erlang's libraries, and EPMD, the command.
need_erlang() {
  local missing
  missing=$(missing_erlang_packages)
  if [[ -n $missing ]]; then
    # shellcheck disable=SC2086 # A list of words.
    apt_install $missing
    missing=$(missing_erlang_packages)
    [[ -z $missing ]] || fail "the Erlang at $(command -v erl) is incomplete; in Debian, the missing packages are $missing"
  fi
  ERLANG_LIB=$(erlang_eval 'io:put_chars(code:lib_dir())')
  EPMD=$(command -v epmd || compgen -G "${ERLANG_LIB%/lib}/erts-*/bin/epmd" | tail -n 1)
  [[ -n $EPMD ]] || fail "the Erlang at $(command -v erl) has no epmd"
  export ERLANG_LIB EPMD
  step "Erlang/OTP $(erlang_eval 'io:put_chars(erlang:system_info(otp_release))'): $ERLANG_LIB"
}

# Installs what only the tests need: Elixir and a C compiler for the clients that call Pier, rebar3 to build the OTP
# application pier, a browser, a database, and curl for the commands of the docs.
need_test_tools() {
  need_command elixir elixir
  need_command rebar3 rebar3
  need_command gcc gcc
  [[ -e /usr/include/stdio.h ]] || apt_install libc6-dev
  [[ -e /usr/include/ei.h ]] || apt_install erlang-dev
  need_command chromium chromium
  need_command chromedriver chromium-driver
  need_command haproxy haproxy
  need_command ip iproute2
  need_command curl curl
  compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || apt_install postgresql
  [[ -n $(fc-list 2>/dev/null) ]] || apt_install fontconfig fonts-dejavu-core
  step "For the tests: $(command -v elixir rebar3 gcc chromium chromedriver haproxy | tr '\n' ' ')"
}

# Installs what only the bench needs: a load generator and an Erlang web server. Debian's package yaws would also start a
# server, so it is not used.
need_bench_tools() {
  need_command git git
  need_command wrk wrk
  need_command openssl openssl
  compgen -G "/usr/lib/yaws-*/ebin" >/dev/null || apt_install erlang-yaws
  step "wrk and Yaws for the bench: $(command -v wrk), $(compgen -G "/usr/lib/yaws-*/ebin" | tail -n 1)"
}
