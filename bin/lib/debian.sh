# shellcheck shell=sh disable=SC2154
# Fetches packages of other Debian releases with this machine's apt, from its mirror, checked with its keys, without
# installing them. For sourcing, by sh and by bash, next to functions say and fail; work is the folder for the downloads.

# Sets the variables of /etc/os-release, among them ID and VERSION_CODENAME.
read_os_release() {
  ID=unknown VERSION_CODENAME=
  # shellcheck source=/dev/null
  [ ! -r /etc/os-release ] || . /etc/os-release
}

# Prints the mirror that this machine's apt uses for a suite, such as bookworm or bookworm-security; or nothing.
mirror_of() {
  # shellcheck disable=SC2016 # The variables are apt's.
  apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n "s/^$1 main //p" | head -n 1
}

# apt-get with its own lists, cache and sources below the folder $work, and without regard to installed packages.
private_apt() {
  apt-get -qq \
    -o Dir::State="$work/state" -o Dir::State::Lists="$work/lists" -o Dir::State::status="$work/status" \
    -o Dir::Cache="$work/cache" -o Dir::Log="$work/log" \
    -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
    -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=true \
    "$@" >&2
}

# Downloads packages of a Debian release with their dependencies, and unpacks them into $work/root.
#   fetch_packages thing other suite package…
#
# Messages have the name of the thing, and the way to use another one. Sets loader, the path of the release's own in the root.
fetch_packages() {
  thing=$1 other=$2 suite=$3
  shift 3
  for needed in apt-get dpkg-deb; do
    command -v $needed >/dev/null || fail "$thing is not installed and cannot be downloaded: $needed is missing"
  done
  read_os_release
  [ "$ID" = debian ] ||
    fail "$thing is not installed and cannot be downloaded: this is not Debian; install it and $other"
  mirror=$(mirror_of "$VERSION_CODENAME")
  [ -n "$mirror" ] ||
    fail "$thing is not installed and cannot be downloaded: apt has no mirror for ${VERSION_CODENAME:-this Debian}"
  security=$(mirror_of "$VERSION_CODENAME-security")
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -r $keys ] || fail "$thing cannot be verified: $keys is missing; install debian-archive-keyring"

  mkdir -p "$work/state" "$work/lists/partial" "$work/cache/archives/partial" "$work/log" "$work/root"
  : >"$work/status"
  echo "deb [signed-by=$keys] $mirror $suite main" >"$work/sources.list"
  say "downloading $thing from Debian $suite"
  if [ -n "$security" ]; then
    # Debian testing has no security fixes of its own, at times.
    cp "$work/sources.list" "$work/sources.released"
    echo "deb [signed-by=$keys] $security $suite-security main" >>"$work/sources.list"
    private_apt update 2>/dev/null || mv "$work/sources.released" "$work/sources.list"
  fi
  private_apt update || fail "apt cannot read Debian $suite from its mirror; see above"
  private_apt install --yes --download-only --no-install-recommends "$@" ||
    fail "apt cannot download the packages of $thing; see above"
  for package in "$work"/cache/archives/*.deb; do
    dpkg-deb --extract "$package" "$work/root"
  done
  loader=$(cd "$work/root" && find usr/lib* -name 'ld-linux*.so.*' -not -type d | head -n 1)
  [ -n "$loader" ] || fail "the packages of $thing have no loader of programs"
}

# Removes the files of the download.
remove_downloads() {
  rm -rf "$work/state" "$work/lists" "$work/cache" "$work/log" "$work/status" "$work/sources.list" \
    "$work/sources.released"
}
