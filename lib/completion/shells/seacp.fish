# Completions of seacp for fish 3 and later. In a file:
#   seacp --completions fish > ~/.config/fish/completions/seacp.fish
# For a link or copy of another name: complete -c scp -w seacp

function __seacp_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    type -q -- $program; or set program seacp
    set -e words[1]
    set -l lines ($program --complete fish -- $words "$typed" </dev/null 2>/dev/null)
    set -q lines[2]; and printf '%s\n' $lines[2..-1]
    # A command without a name takes files.
    test "$lines[1]" = files; and complete -C "'' "(commandline -ct)
end

complete -c seacp -f -a '(__seacp_complete)'
