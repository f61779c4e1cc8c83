# Completions of seacp for bash 3.2 and later. In ~/.bashrc:
#   eval "$(seacp --completions bash)"
# or, with the package bash-completion, in a file:
#   seacp --completions bash > ~/.local/share/bash-completion/completions/seacp
# For a link or copy of another name: complete -F _seacp scp

_seacp() {
  local program=${COMP_WORDS[0]} line=${COMP_LINE:0:COMP_POINT} ability=new
  local answer candidate
  COMPREPLY=()
  case $program in '~/'*) program=$HOME/${program#'~/'} ;; esac
  case $(type -t -- "$program" 2>/dev/null) in ''|alias) program=seacp ;; esac
  type compopt >/dev/null 2>&1 || ability=old
  # A second Tab lists, and inserts nothing.
  [ "${COMP_TYPE:-9}" != 63 ] || ability=list
  # Up to 4.2 the cursor's place is told in bytes.
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 403)); then
    line=$(LC_ALL=C; printf '%s.' "${COMP_LINE:0:COMP_POINT}")
    line=${line%.}
  fi
  answer=$("$program" --complete bash -- "$ability" "$line" "$2" \
    </dev/null 2>/dev/null) || return 0
  case ${answer%%$'\n'*} in
    files) compopt -o bashdefault -o default; return 0 ;;
    whole) ;;
    open) [ "$ability" = old ] || compopt -o nospace ;;
    *) return 0 ;;
  esac
  while IFS= read -r candidate; do
    COMPREPLY[${#COMPREPLY[@]}]=$candidate
  done 2>/dev/null <<< "$answer"
  unset 'COMPREPLY[0]'
}

if type compopt >/dev/null 2>&1; then
  complete -F _seacp seacp
else
  complete -o nospace -F _seacp seacp
fi
