/** One option of the command line. */
export interface Option {
  /** A letter after one dash, or a word after two. */
  readonly name: string;
  /** What its value is called; absent if it takes none. */
  readonly value?: string;
  /** One sentence for help and documentation; absent if it is not shown. */
  readonly summary?: string;
}

/** What a value is, which tells how it is completed. */
export type ValueKind = "file" | "host" | "cipher" | "ssh_option" | "text";

interface Flag extends Option {
  readonly value?: never;
  readonly valueKind?: never;
}

interface OptionWithValue extends Option {
  readonly value: string;
  readonly valueKind: ValueKind;
}

/** An option of the table: one that takes a value says of what kind it is. */
export type TableOption = Flag | OptionWithValue;

/**
 * OpenSSH's scp 10.5's options, every one, and seacp's own, in the order help
 * shows them.
 */
export const OPTIONS: readonly TableOption[] = [
  {
    name: "r",
    summary: "Copy directories with all they hold, links followed.",
  },
  { name: "p", summary: "Preserve times and modes." },
  { name: "q", summary: "Quiet: no meter, no warnings; ssh is told too." },
  {
    name: "v",
    summary: "Say each step, ssh and the remote too. Repeat for more.",
  },
  {
    name: "P",
    value: "port",
    valueKind: "text",
    summary: "The port ssh connects to.",
  },
  {
    name: "i",
    value: "identity_file",
    valueKind: "file",
    summary: "The key ssh logs in with.",
  },
  {
    name: "F",
    value: "ssh_config",
    valueKind: "file",
    summary: "The configuration ssh reads.",
  },
  {
    name: "J",
    value: "destination",
    valueKind: "host",
    summary: "The host ssh jumps through.",
  },
  {
    name: "o",
    value: "ssh_option",
    valueKind: "ssh_option",
    summary: "Any option of ssh_config(5).",
  },
  {
    name: "c",
    value: "cipher",
    valueKind: "cipher",
    summary: "The cipher ssh uses.",
  },
  {
    name: "l",
    value: "limit",
    valueKind: "text",
    summary: "Move no more than this, in Kbit/s of 1024 bits.",
  },
  { name: "C", summary: "Have ssh compress." },
  { name: "A", summary: "Have ssh forward the authentication agent." },
  { name: "B", summary: "Batch mode: ssh asks for no password." },
  { name: "4", summary: "Have ssh use IPv4 only." },
  { name: "6", summary: "Have ssh use IPv6 only." },
  {
    name: "T",
    summary: "Take any names from a host, asked for or not.",
  },
  {
    name: "S",
    value: "program",
    valueKind: "file",
    summary: "Run this program, which knows ssh's options, for ssh.",
  },
  {
    name: "O",
    summary: "Speak SCP, and nothing else: the remote shell reads the path.",
  },
  { name: "s", summary: "Speak SFTP, and nothing else." },
  {
    name: "3",
    summary: "Copy between two hosts through this one: the default.",
  },
  {
    name: "R",
    summary: "Copy between two hosts directly: the first one runs scp.",
  },
  {
    name: "D",
    value: "sftp_server_path",
    valueKind: "file",
    summary: "Run this SFTP server, on this machine, in place of ssh.",
  },
  {
    name: "X",
    value: "sftp_option",
    valueKind: "text",
    summary: "Tune SFTP: nrequests=number or buffer=size.",
  },
  {
    name: "lockstep",
    summary: "Wait for each answer before going on: for odd servers.",
  },
  {
    name: "completions",
    value: "shell",
    valueKind: "text",
    summary: "Print the completions of bash, zsh, fish or powershell.",
  },
  { name: "help", summary: "Show examples, then every option." },
  {
    name: "version",
    summary: "Show what this is and which ssh it runs; with -v, its version.",
  },
  { name: "d" },
  { name: "t" },
  { name: "f" },
  { name: "1" },
  { name: "2" },
  { name: "M", value: "value", valueKind: "text" },
  { name: "complete", value: "shell", valueKind: "text" },
];

/** An option as it is typed, dashes included. */
export function dashed(name: string): string {
  return (name.length === 1 ? "-" : "--") + name;
}
