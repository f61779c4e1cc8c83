/**
 * Remarks on options by their names, as mdoc(7). The manual shows them below
 * the summary that `--help` shows.
 */
export const OPTION_REMARKS: Readonly<Record<string, string>> = {
  r: String.raw`
A loop of symbolic links is an error where it closes.
In a copy between two local paths, links stay links.
If the source is
.Pa \&.
or
.Pa .. ,
the content of that directory is copied; a missing target is created.`,

  p: String.raw`
A copy to this machine never sets the set-user-ID and set-group-ID bits.`,

  q: String.raw`
Failures are still reported.`,

  P: String.raw`
The port is a number or the name of a service.
A port in a URI takes precedence.
The letter is a capital because
.Fl p
already means to preserve times and modes.`,

  i: String.raw`
This option can be given more than once.`,

  J: String.raw`
Separate several hosts by commas; ssh jumps through them in that order.`,

  o: String.raw`
This option can be given more than once.
For example,
.Fl o Cm ServerAliveInterval=15
ends a copy whose server has stopped answering.`,

  l: String.raw`
The limit is from 1 to 104857600.`,

  A: String.raw`
Without this option ssh is told not to forward it, whatever its configuration
says; with
.Fl R
the configuration decides.`,

  T: String.raw`
Without this option, the top names that a host sends must match the operand, so
that the host cannot add files of its own; and a source that names only a
directory's content, such as
.Li host:.\& ,
stores no hidden names directly in your home directory.
This option helps where a remote shell reads a pattern in its own way.
With or without it, no name leads out of the target.`,

  S: String.raw`
A name without a slash is looked up in
.Ev PATH .`,

  O: String.raw`
The path goes to the remote shell as it was typed; messages and exit statuses
are those of
.Nm scp Fl O .
If both
.Fl O
and
.Fl s
are given, the last one counts.`,

  s: String.raw`
OpenSSH's scp has spoken SFTP by default since 9.0.`,

  "3": String.raw`
Nothing is stored on this machine.
ssh can ask for a password on both hosts, one after the other.
If both
.Fl 3
and
.Fl R
are given, the last one counts.`,

  R: String.raw`
The first host uses its own keys and its own route to the second one, for which
no port can be named.
Neither
.Fl l
nor
.Fl P
applies.`,

  D: String.raw`
This implies
.Fl s ,
unless
.Fl O
is given.`,

  X: String.raw`
This option can be given more than once.
.Bl -tag -width Ds
.It Cm nrequests Ns = Ns Ar number
The number of reads or writes of one file that are in flight at once; by
default at most 64.
.It Cm buffer Ns = Ns Ar size
The size of each of them in bytes, or in KiB with the suffix
.Cm K .
The default is the size that the server offers, or 32K if it offers none.
It is never more than 255K.
.El
.Pp
Both are from 1 to 262144.`,

  progress: String.raw`
A line on standard error shows the files and the bytes that were copied, of how
many, the rate and the time left.
On a terminal the meter shows them, and there is no such line.`,

  summary: String.raw`
One line on standard error tells the files and the bytes that arrived, and the
time.
A copy of several files of which some failed ends with such a line and the
failures in any case, unless
.Fl q
is given.`,

  json: String.raw`
The first line has the type
.Cm start ,
the last one
.Cm summary ,
whatever happens; in between come the hosts, the files, the progress twice a
second, warnings and errors.
Sizes are in bytes, times in seconds.
There is no meter; messages for people go to standard error as ever.
If nobody reads standard output any more, the copy ends with status 141.`,

  serve: String.raw`
The client's command is read from
.Ev SSH_ORIGINAL_COMMAND :
copies over SCP and SFTP are answered, and everything else is refused.
Without a command it speaks SFTP, as a subsystem does.
No path leads out of the directory, symbolic links in it are not followed, and a
directory that holds the home directory of the account is refused.
This needs Linux 5.6 or newer; docs/server.md has examples for
.Xr sshd 8 .`,

  "write-only": String.raw`
One answer stands for a file that exists and for one that is denied.`,

  log: String.raw`
The line tells who came, what was asked for, what was moved, and how it ended.
The file lies outside the directory;
.Cm syslog
is the system's log.`,

  completions: String.raw`
The script begins with a comment on how to load it.
It completes options, local files, the hosts of
.Xr ssh_config 5
and of known hosts, and the files on a host that lets ssh in within a second
and without a prompt.`,

  jobs: String.raw`
The number is from 1 to 64.
Over SFTP the files of a copy, and the parts of those of 64 MiB and more, are
dealt to so many ssh processes; over SCP the directories of a tree that is sent,
or several sources.
The copy begins on the first one; the others log in beside it, four at a time,
and none of them prompts: where ssh had to, there is one connection, unless
.Fl \-share
is given or ssh shares a connection already.
A connection that does not come, or is lost, leaves its work to the others.
A large file is written under a temporary name, which replaces the old file at
the end where the server can do so.
.Fl l
limits all connections together.`,

  "dry-run": String.raw`
Each line on standard output is a file that would be copied, a directory or link
that would be made, or an entry that is left out; what would fail is reported as
ever.
Files are opened, but not read.
On a server this needs SFTP; with
.Fl O
an upload is listed without a login and a look at its target.`,

  exclude: String.raw`
The pattern is one of
.Xr gitignore 5 ,
except that
.Li \&?
is a character, not a byte: a pattern without a slash matches a name in any
directory, one that begins with a slash matches in a source itself, and one that
ends in a slash matches directories.
Of all filters on the command line, the last one that matches counts.
A directory that is left out is not entered, and a source is never left out.
Over SCP a host sends what it has: what is left out of a download is dropped as
it comes, and one line tells its size.`,

  include: String.raw`
If the first filter is one of these, only entries that one of these matches are
copied, and what is in a directory that one of these matches.
Directories without such entries are not made, except in downloads over SCP.`,

  "exclude-from": String.raw`
The file is written as a
.Pa .gitignore
file: blank lines and those that begin with
.Li #
are comments, and a pattern behind a
.Li \&!
brings back what matches.`,

  links: String.raw`
A link is refused if it may lead out of the target: by an absolute path, by too
many steps up, or by a step up behind a name.
Links keep no times.
Without this option, links stay links only in a copy between two local paths,
wherever they lead.
This needs SFTP.`,

  "no-clobber": String.raw`
What is there stays, a link that leads nowhere too, even if it appears while the
copy runs; nothing of a file that does not arrive whole is left in its place.
What is skipped is no failure, and
.Fl v
names it.
Like
.Fl \-skip\-unchanged
and
.Fl \-update ,
this needs SFTP where the target is on a server.`,

  "skip-unchanged": String.raw`
Times count by whole seconds.
Files that are copied get the times of their source, so that a second copy can
skip them.`,

  update: String.raw`
Times count by whole seconds.
A file that was cut short looks newer than its source: where that may happen,
.Fl \-skip\-unchanged
is safer.`,

  checksum: String.raw`
Files of the same length are compared by their SHA-256, which a server tells as
with
.Fl \-verify ;
where it tells none, they are copied, and one line says so.
This alone is enough; with
.Fl \-skip\-unchanged
it takes the place of size and time, and files that are copied get the times of
their source.`,

  mkdir: String.raw`
The target is then always a directory.
Over SCP the remote shell runs
.Xr mkdir 1
before scp.`,

  atomic: String.raw`
Each file is written in the directory of its target under a hidden temporary
name that holds
.Li .seacp\- ,
and is then renamed.
It keeps the mode of the file that it replaces, and a link at the target stays a
link; hard links to the old file keep the old content.
After a failure or a signal the temporary file is removed; after a lost
connection the message names it.
On a server this needs SFTP, and a server that can rename in one step, as
OpenSSH's does.`,

  verify: String.raw`
The server hashes its files by one command, in a second ssh that never prompts;
where it cannot, or where ssh would have to prompt, the files are read back, and
one line says so.
A file that is not the same on both sides is a failure; it stays, but with
.Fl \-atomic
it never takes its place.
What is skipped is not verified.
Over SCP nothing can be read back: ssh asks once more where it has to, a host
that cannot hash is a failure, and a download with
.Fl \-atomic
needs SFTP.`,

  resume: String.raw`
Of a file that is shorter at the target, both beginnings are hashed.
If they agree the file goes on there, or 16 MiB sooner if only that agrees.
A file of the same length and hash is skipped.
Any other file is copied whole, and one line says why.
Where the server cannot hash, an upload reads back what is there, and a
download is copied whole.
On a server this needs SFTP.`,

  retries: String.raw`
The pause before each try is chance, up to 1, 2, 4 \&... 60 seconds.
Nothing is tried again where the login was refused, or ssh asked for something.
With
.Fl q ,
an ssh that did not connect does not say why, and is not tried again.
What has arrived is not sent again, and a file that was cut goes on as with
.Fl \-resume .
Over SCP a copy that was cut begins again, unless it is a tree whose target may
be new.
Unless it is set otherwise,
.Cm ServerAliveInterval
is 15, so that a dead line ends.`,

  chmod: String.raw`
.Cm D
is for directories,
.Cm F
for files, each with three octal digits.
The modes are set at the target whatever the umask is, also of what is there
already; a directory whose content alone is copied keeps its mode.
Over SCP, a copy of directories to a server takes a mode for each of the two, or
.Fl p .`,

  share: String.raw`
The first ssh of a login becomes a master (see
.Cm ControlMaster
in
.Xr ssh_config 5 )
for as long as the copy lasts, unless one is running already, and the others
open a session in its connection, of which a server allows 10 by default.
ssh for Windows has no such connections.`,

  lockstep: String.raw`
Over SCP nothing is sent before the last step is acknowledged, nor acknowledged
in advance; over SFTP one request is in flight at a time.
Many small files then take far longer.`,
};
