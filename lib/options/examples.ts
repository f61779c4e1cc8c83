/** A call of the program that works as it stands. */
export interface Example {
  readonly command: string;
  /** Effect of the command, without a capital or a full stop. */
  readonly effect: string;
}

/** Examples of help and of the manual page. */
export const EXAMPLES: readonly Example[] = [
  {
    command: "seacp notes.txt host:",
    effect: "to your home directory on host",
  },
  {
    command: "seacp notes.txt host:docs/todo.txt",
    effect: "under another name",
  },
  {
    command: "seacp host:docs/todo.txt .",
    effect: "from host to this directory",
  },
  {
    command: "seacp -rp site/ host:/srv/www",
    effect: "a directory, times and modes preserved",
  },
  {
    command: "seacp -rp site/. host:/srv/www",
    effect: "its content, each time to the same place",
  },
  {
    command: "seacp a.txt b.txt host:docs/",
    effect: "several files into one directory",
  },
  {
    command: "seacp 'host:logs/*.gz' logs/",
    effect: "a pattern, in quotes for the local shell",
  },
  {
    command: "seacp -P 2222 f bob@host:",
    effect: "another port, another user",
  },
  {
    command: "seacp -J jump f inner:",
    effect: "through a jump host",
  },
  {
    command: "seacp f '[2001:db8::1]:' ; seacp f scp://bob@host:2222/docs/f",
    effect: "to an IPv6 address; to a URI",
  },
  {
    command: "seacp -l 8000 big.iso host:",
    effect: "at most 8000 Kbit/s",
  },
  {
    command: "seacp -rp one:/srv/www two:/srv/",
    effect: "from host to host, through this one",
  },
  {
    command: "seacp -r --exclude node_modules/ --skip-unchanged site host:",
    effect: "a tree, without some of it and what is there already",
  },
  {
    command: "seacp 'host:my notes.txt' .",
    effect: "a space needs no quotes of its own",
  },
];
