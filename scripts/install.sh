#!/bin/sh
# Installs seacp for one user, on Linux (glibc) and macOS; --help says how.
#
# It downloads an archive of a release and its checksum, verifies the one by the
# other, and only then unpacks it, sees that it runs, and puts it in place. It
# needs no root, edits no profile, and leaves things as they were if it fails.
#
# For any POSIX shell. All of it is one function, called by the last line, so
# that a script that was cut short on its way does nothing.

main() {
  set -eu
  LC_ALL=C
  export LC_ALL
  umask 022
  newline='
'

  # --- Words -----------------------------------------------------------------

  say() {
    printf 'install: %s\n' "$1" >&2
  }

  # A line for each argument, and the end.
  fail() {
    for line in "$@"; do say "$line"; done
    exit 1
  }

  usage() {
    cat <<'USAGE'
usage: install.sh [--version X] [--help]

Downloads seacp, verifies it, and installs it with its manual page and its
completions for bash, zsh and fish below a prefix of your own.

  --version X      the version to install, with or without a v; the latest
                   one, if absent
  --help           show this

Variables, if set:

  SEACP_VERSION    the same as --version
  SEACP_INSTALL    the prefix; $HOME/.local, if absent
  SEACP_RELEASES   the address of the page with the releases
  TMPDIR           where to unpack; /tmp, if absent
USAGE
  }

  # The text as one word of a shell.
  quoted() {
    case $1 in
      *[!A-Za-z0-9_/.,:@%+=-]*) ;;
      *)
        printf '%s' "$1"
        return
        ;;
    esac
    rest=$1
    word=
    while :; do
      case $rest in
        *\'*)
          word=$word${rest%%\'*}"'\\''"
          rest=${rest#*\'}
          ;;
        *) break ;;
      esac
    done
    printf "'%s'" "$word$rest"
  }

  has() {
    command -v "$1" >/dev/null 2>&1
  }

  # --- What is wanted --------------------------------------------------------

  version=${SEACP_VERSION:-}
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h)
        usage
        exit 0
        ;;
      --version)
        [ $# -gt 1 ] || fail "--version needs a version, such as --version 1.2.3"
        shift
        version=${1:-none}
        ;;
      --version=*)
        version=${1#*=}
        version=${version:-none}
        ;;
      *) fail "unknown argument: $1 (--help shows what there is)" ;;
    esac
    shift
  done
  version=${version#v}
  case $version in
    '') ;;
    [!0-9]* | *[!0-9A-Za-z.-]* | *..*)
      fail "this is no version: $version (a version is one like 1.2.3)"
      ;;
  esac

  if [ -n "${SEACP_INSTALL:-}" ]; then
    prefix=$SEACP_INSTALL
  elif [ -n "${HOME:-}" ]; then
    prefix=$HOME/.local
  else
    fail "HOME is not set; set SEACP_INSTALL to the folder to install below"
  fi
  case $prefix in
    /*) ;;
    *) prefix=$PWD/$prefix ;;
  esac
  prefix=${prefix%/}

  # What stands behind the dash is put there when a release is made.
  releases=${SEACP_RELEASES:-@RELEASES@}
  releases=${releases%/}
  case $releases in
    https://* | http://*) ;;
    *)
      fail "this script does not know where the releases are" \
        "set SEACP_RELEASES to the address of the page with the releases"
      ;;
  esac

  # --- What it is for --------------------------------------------------------

  # Whether this Linux lives on musl. A glibc that is there as well wins; where
  # neither shows, the executable itself will say whether it runs.
  is_musl() {
    case $(ldd --version 2>&1 || true) in
      *GLIBC* | *"GNU libc"* | *"GNU C Library"* | *"Free Software Foundation"*)
        return 1
        ;;
      *musl*) return 0 ;;
    esac
    for loader in /lib/ld-linux*.so.* /lib64/ld-linux*.so.*; do
      [ ! -e "$loader" ] || return 1
    done
    for loader in /lib/ld-musl-*; do
      [ ! -e "$loader" ] || return 0
    done
    return 1
  }

  system=$(uname -s)
  processor=$(uname -m)
  case $system in
    Linux) vendor=unknown-linux-gnu ;;
    Darwin) vendor=apple-darwin ;;
    MINGW* | MSYS* | CYGWIN* | Windows*)
      fail "this is Windows; in PowerShell, run install.ps1 instead:" \
        "  irm $releases/latest/download/install.ps1 | iex"
      ;;
    *) fail "not supported: $system (there is seacp for Linux, macOS and Windows)" ;;
  esac
  case $processor in
    x86_64 | amd64) processor=x86_64 ;;
    aarch64 | arm64) processor=aarch64 ;;
    *) fail "not supported: a processor of the kind $processor (there is seacp for x86_64 and aarch64)" ;;
  esac
  case $system in
    Linux)
      if is_musl; then
        fail "not supported: this Linux uses musl, and seacp needs glibc" \
          "use the system's scp here (on Alpine: apk add openssh-client);" \
          "for copies to and from this machine, it needs no seacp"
      fi
      ;;
    Darwin)
      # A shell under Rosetta takes the machine for an Intel one.
      if [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || true)" = 1 ]; then
        processor=aarch64
      fi
      ;;
  esac
  name=seacp-$processor-$vendor
  asset=$name.tar.gz

  # --- What it is done with --------------------------------------------------

  for tool in tar mktemp sed tail tr; do
    has "$tool" || fail "$tool is needed and was not found in the PATH"
  done

  if has curl; then
    downloader=curl
  elif has wget; then
    # One that follows redirects by itself follows them anywhere, and GNU's
    # --https-only does not keep it from that.
    case $(wget --help 2>&1 || true) in
      *--max-redirect*) downloader=wget ;;
      *) downloader=plain_wget ;;
    esac
  else
    fail "curl or wget is needed and neither was found in the PATH"
  fi
  case $downloader:$releases in
    plain_wget:https://*)
      fail "curl is needed: the wget found here cannot be kept to https"
      ;;
  esac

  if has sha256sum; then
    summer=sha256sum
  elif has shasum; then
    summer=shasum
  elif has openssl; then
    summer=openssl
  else
    fail "sha256sum, shasum or openssl is needed and none was found in the PATH"
  fi

  # One line of what a program said, chosen by a script for sed; the last one, if
  # there are several. Nothing in it can move a terminal.
  heard() {
    sed -n "$1" "$temp/said" | tail -n 1 | tr -d '[:cntrl:]'
  }

  # Downloads an address to a file. If that fails, `said` holds the reason.
  download() {
    case $1 in
      https://*) schemes='=https' ;;
      *) schemes='=http,https' ;;
    esac
    case $downloader in
      curl)
        curl -fgsSL --proto "$schemes" --proto-redir "$schemes" -o "$2" "$1" \
          2>"$temp/said" </dev/null && return 0
        said=$(heard 1p)
        ;;
      wget) follow "$1" "$2" && return 0 ;;
      plain_wget)
        wget -q -O "$2" "$1" 2>"$temp/said" </dev/null && return 0
        said=$(heard "\$p")
        ;;
    esac
    return 1
  }

  # The same with a wget, which follows no redirect by itself: each one is
  # looked at before it is.
  follow() {
    url=$1
    hops=0
    while [ "$hops" -lt 10 ]; do
      status=0
      wget -nv -S --tries=1 --max-redirect=0 -O "$2" "$url" \
        >"$temp/said" 2>&1 </dev/null || status=$?
      next=$(heard 's/^ *[Ll]ocation: *\([^[:space:]]*\).*/\1/p')
      if [ -z "$next" ]; then
        said=$(heard "\$p")
        return "$status"
      fi
      case $next in
        //*) next=${url%%://*}:$next ;;
        /*)
          host=${url#*://}
          next=${url%%://*}://${host%%/*}$next
          ;;
      esac
      case $next in
        https://*) url=$next ;;
        http://*) [ "$schemes" != '=https' ] && url=$next ;;
        *) false ;;
      esac || {
        said="it leads to an address that is not https: $next"
        return 1
      }
      hops=$((hops + 1))
    done
    said="too many redirects"
    return 1
  }

  # Puts the SHA-256 of a file into `sum`, in lower-case hex.
  sum_up() {
    case $summer in
      sha256sum) sum=$(sha256sum <"$1") && sum=${sum%% *} ;;
      shasum) sum=$(shasum -a 256 <"$1") && sum=${sum%% *} ;;
      openssl) sum=$(openssl dgst -sha256 <"$1") && sum=${sum##* } ;;
    esac
  }

  # --- Where it goes ---------------------------------------------------------

  # Does something with each file: its name in the archive, its place below the
  # prefix, its mode.
  each_file() {
    "$1" seacp.1 share/man/man1/seacp.1 0644
    "$1" completions/seacp.bash share/bash-completion/completions/seacp 0644
    "$1" completions/_seacp share/zsh/site-functions/_seacp 0644
    "$1" completions/seacp.fish share/fish/vendor_completions.d/seacp.fish 0644
    "$1" seacp bin/seacp 0755
  }

  expect() {
    [ -f "$temp/$name/$1" ] || fail "$asset lacks $name/$1; nothing was changed"
  }

  # Copies a file next to its place, in a folder that has no other such copy.
  stage() {
    folder=$prefix/${2%/*}
    why=$(mkdir -p "$folder" 2>&1) ||
      fail "the folder $folder cannot be made; nothing was replaced" "$why"
    [ ! -d "$prefix/$2" ] ||
      fail "$prefix/$2 is a folder; nothing was replaced"
    why=$({
      rm -f "$folder/$beside" &&
        cp "$temp/$name/$1" "$folder/$beside" &&
        chmod "$3" "$folder/$beside"
    } 2>&1) ||
      fail "$prefix/$2 cannot be written; nothing was replaced" "$why"
  }

  # Puts the copy into its place: the old file is there, or the new one.
  place() {
    why=$(mv -f "$prefix/${2%/*}/$beside" "$prefix/$2" 2>&1) ||
      fail "$prefix/$2 could not be replaced" "$why"
  }

  unstage() {
    rm -f "$prefix/${2%/*}/$beside"
  }

  # --- And done --------------------------------------------------------------

  temp=
  beside=
  clean_up() {
    [ -z "$beside" ] || each_file unstage 2>/dev/null || :
    [ -z "$temp" ] || rm -rf "$temp"
  }
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 141' PIPE
  trap 'exit 143' TERM

  temp=$(mktemp -d "${TMPDIR:-/tmp}/seacp-install.XXXXXX") ||
    fail "no temporary folder can be made in ${TMPDIR:-/tmp}"

  if [ -z "$version" ]; then
    from=$releases/latest/download
  else
    from=$releases/download/v$version
  fi

  download "$from/SHA256SUMS" "$temp/SHA256SUMS" ||
    fail "the checksums of the release could not be downloaded, so nothing can be verified" \
      "  $from/SHA256SUMS" \
      "  $said" \
      "nothing was changed"

  expected=
  while read -r sum file || [ -n "$sum" ]; do
    [ "${file#\*}" != "$asset" ] || expected=$sum
  done <"$temp/SHA256SUMS"
  [ -n "$expected" ] ||
    fail "the release has nothing for this machine: $asset is not listed in its SHA256SUMS" \
      "  $from/SHA256SUMS" \
      "nothing was changed"

  case $expected in
    *[!0-9a-f]*) expected= ;;
  esac
  [ ${#expected} -eq 64 ] ||
    fail "$asset has no SHA-256 in the SHA256SUMS of the release" \
      "  $from/SHA256SUMS" \
      "nothing was changed"

  say "downloading $from/$asset"
  download "$from/$asset" "$temp/$asset" ||
    fail "$asset could not be downloaded" \
      "  $from/$asset" \
      "  $said" \
      "nothing was changed"

  sum_up "$temp/$asset" || fail "$summer cannot read $temp/$asset; nothing was changed"
  [ "$sum" = "$expected" ] ||
    fail "$asset is not what was released: its checksum is wrong" \
      "  expected $expected" \
      "  received $sum" \
      "nothing was changed; it may be worth another try"

  why=$(tar -xzo -f - -C "$temp" <"$temp/$asset" 2>&1) ||
    fail "$asset cannot be unpacked; nothing was changed" "${why%%"$newline"*}"
  each_file expect

  status=0
  answer=$("$temp/$name/seacp" --version 2>"$temp/said" </dev/null) || status=$?
  case $status:$answer in
    '0:seacp '*) ;;
    *)
      printf '#!/bin/sh\n' >"$temp/probe"
      chmod 0755 "$temp/probe"
      "$temp/probe" 2>/dev/null ||
        fail "nothing may run in the temporary folder; set TMPDIR to one where programs may" \
          "nothing was changed"
      fail "the seacp that was downloaded does not run here (status $status); nothing was changed" \
        "$(heard 1p)"
      ;;
  esac

  beside=.seacp-install.$$
  each_file stage
  each_file place

  say "installed ${answer%%"$newline"*}: $prefix/bin/seacp"
  say "its manual page and completions for bash, zsh and fish are in $prefix/share"
  case :${PATH:-}: in
    *":$prefix/bin:"* | *":$prefix/bin/:"*) ;;
    *)
      say "$prefix/bin is not in your PATH; this line in your shell's profile adds it:"
      # shellcheck disable=SC2016 # The shell that reads the line expands it.
      say "  export PATH=$(quoted "$prefix/bin")"':"$PATH"'
      ;;
  esac
  say "to have it as scp, too:"
  say "  ln -s seacp $(quoted "$prefix/bin/scp")"
}

{ main "$@"; }
