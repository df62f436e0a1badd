# shellcheck shell=bash
# Finds what a script needs, and installs what is missing through apt. For sourcing.

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
  as_root apt-get -q update || fail "apt-get update failed; what it says stands above"
  apt_updated=yes
}

apt_has() {
  [[ -n $(apt-cache -q show "$1" 2>/dev/null) ]]
}

# Installs packages; what for is said by the caller.
apt_install() {
  command -v apt-get >/dev/null ||
    fail "this system has no apt; please install by other means what Debian has as: $*"
  [[ $(id -u) -eq 0 ]] || command -v sudo >/dev/null ||
    fail "installing needs root, and there is no sudo; as root: apt-get install $*"
  apt_update
  step "Installing $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@" ||
    fail "apt-get install $* failed; what it says stands above"
}

# Sets JAVA_HOME.
need_jdk() {
  local package=openjdk-$PIER_JAVA-jdk-headless home
  if ! home=$(find_java jdk); then
    step "There is no JDK $PIER_JAVA in JAVA_HOME, on the PATH or in the system's folders"
    if command -v apt-get >/dev/null && ! apt_has "$package"; then
      apt_update
      apt_has "$package" || fail "this system's packages have no $package;" \
        "please install a JDK $PIER_JAVA (of any maker) and set JAVA_HOME to its folder"
    fi
    apt_install "$package"
    home=$(find_java jdk) || fail "$package is installed, but no JDK $PIER_JAVA is found; please set JAVA_HOME"
  fi
  export JAVA_HOME=$home
  step "JDK: $home"
}

need_command() {
  local command=$1 package=$2
  command -v "$command" >/dev/null || apt_install "$package"
  command -v "$command" >/dev/null || fail "$package is installed, but there is no $command on the PATH"
}

need_maven() {
  need_command mvn maven
  # Maven's own libraries use what JDK 25 warns of.
  MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
  export MAVEN_OPTS
  step "Maven: $(command -v mvn)"
}

erlang_eval() {
  erl -noinput -boot start_clean -eval "$1, halt()."
}

# What Pier's build and its demo need of Erlang and do not find: Debian's packages.
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
    [[ -z $missing ]] || fail "the Erlang at $(command -v erl) lacks what Debian has as: $missing"
  fi
  ERLANG_LIB=$(erlang_eval 'io:put_chars(code:lib_dir())')
  EPMD=$(command -v epmd || compgen -G "${ERLANG_LIB%/lib}/erts-*/bin/epmd" | tail -n 1)
  [[ -n $EPMD ]] || fail "the Erlang at $(command -v erl) has no epmd"
  export ERLANG_LIB EPMD
  step "Erlang/OTP $(erlang_eval 'io:put_chars(erlang:system_info(otp_release))'): $ERLANG_LIB"
}

# What the tests want besides: Elixir to call our servers, a C node to call our functions, and a browser for the sample.
need_test_tools() {
  need_command elixir elixir
  need_command gcc gcc
  [[ -e /usr/include/stdio.h ]] || apt_install libc6-dev
  [[ -e /usr/include/ei.h ]] || apt_install erlang-dev
  need_command chromium chromium
  need_command chromedriver chromium-driver
  [[ -n $(fc-list 2>/dev/null) ]] || apt_install fontconfig fonts-dejavu-core
  step "For the tests: $(command -v elixir gcc chromium chromedriver | tr '\n' ' ')"
}

# What the bench wants besides: a load generator, and an Erlang web server. Not the package yaws, which would start one.
need_bench_tools() {
  need_command wrk wrk
  compgen -G "/usr/lib/yaws-*/ebin" >/dev/null || apt_install erlang-yaws
  step "wrk and Yaws for the bench: $(command -v wrk), $(compgen -G "/usr/lib/yaws-*/ebin" | tail -n 1)"
}
