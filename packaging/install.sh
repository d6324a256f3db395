# Sourced by ./run, ./test and .ci/run: installs what the lists of packages name and the machine
# lacks. Defines install_packages; changes nothing when all is there.
# shellcheck shell=bash

package_lists=("$(dirname "${BASH_SOURCE[0]}")/apt-packages.txt")

# Without those that name another machine's architecture.
wanted_packages() {
  sed 's/#.*//' "${package_lists[@]}" | awk -v here="$(dpkg --print-architecture)" '
    NF { split($1, name, ":"); if (name[2] == "" || name[2] == here) print name[1] }'
}

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

missing_packages() {
  local package
  for package in $(wanted_packages); do
    is_installed "$package" || echo "$package"
  done
}

# On a terminal a person decides; in CI, with --yes, or where nobody can answer, we go on.
may_install() {
  [[ ${assume_yes:-no} == yes || ${CI:-} == true || ! -t 0 || ! -t 1 ]] && return 0
  local answer
  read -r -p "Install these packages with apt-get? [y/N] " answer || return 1
  [[ $answer == [yY] || $answer == [yY][eE][sS] ]]
}

# Prints the prefix that makes a command run as root; fails if there is none.
root_prefix() {
  if [[ $(id -u) == 0 ]]; then
    echo env
  elif command -v sudo >/dev/null; then
    echo "sudo env"
  else
    return 1
  fi
}

say_how_to_install() {
  echo "$1 Run this as root, then start again:" >&2
  echo "    apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
}

install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is no Debian: install what packaging/apt-packages.txt names by other means." >&2
    return 0
  fi
  local missing prefix
  mapfile -t missing < <(missing_packages)
  [[ ${#missing[@]} -gt 0 ]] || return 0

  echo "Missing packages: ${missing[*]}"
  may_install || { say_how_to_install "Nothing was installed."; return 1; }
  prefix=$(root_prefix) || { say_how_to_install "Neither root nor sudo."; return 1; }
  # shellcheck disable=SC2086 # the prefix is one or two words
  if ! $prefix DEBIAN_FRONTEND=noninteractive apt-get update --quiet ||
    ! $prefix DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes \
      --no-install-recommends "${missing[@]}" </dev/null; then
    say_how_to_install "apt-get failed."
    return 1
  fi
}
