import { BATCH_MODE } from "./copy_options.ts";
import { SERVER_GROUP } from "./server_group.ts";

/** Kind of an option's value; completion offers values by it. */
export type ValueKind = "file" | "host" | "cipher" | "ssh_option" | "text";

interface OptionBase {
  /** A letter after one dash, or a word after two. */
  readonly name: string;
  /** One sentence for help and documentation; absent for a hidden option. */
  readonly summary?: string;
  /**
   * Argument that ssh is given for the option, followed by the option's value
   * if it takes one; absent where ssh is given nothing.
   */
  readonly ssh?: string;
}

interface Flag extends OptionBase {
  readonly value?: never;
  readonly valueKind?: never;
}

interface OptionWithValue extends OptionBase {
  /** Name of the value in help and documentation. */
  readonly value: string;
  readonly valueKind: ValueKind;
}

/** One option of the command line. */
export type TableOption = Flag | OptionWithValue;

/** Options that help shows under one title. */
export interface OptionGroup {
  readonly title: string;
  readonly options: readonly TableOption[];
}

/** Shells that have completions. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** Name of a shell that has completions. */
export type Shell = typeof SHELLS[number];

/** Options of a client that choose what is copied, and how it is stored. */
export const CHOICE_GROUP: OptionGroup = {
  title: "What is copied",
  options: [
    {
      name: "exclude",
      value: "pattern",
      valueKind: "text",
      summary: "Leave out what matches, as in a .gitignore file.",
    },
    {
      name: "include",
      value: "pattern",
      valueKind: "text",
      summary: "Bring back what matches; given first: nothing else.",
    },
    {
      name: "exclude-from",
      value: "file",
      valueKind: "file",
      summary: "Read patterns from this file, one a line.",
    },
    {
      name: "links",
      summary: "Copy links as links, if they stay in the target.",
    },
    {
      name: "no-clobber",
      summary: "Replace no file that is there.",
    },
    {
      name: "skip-unchanged",
      summary: "Skip files of the same size and time; keep times.",
    },
    {
      name: "checksum",
      summary: "Skip files of the same SHA-256, whatever their time.",
    },
    {
      name: "update",
      summary: "Skip files whose target is newer.",
    },
    {
      name: "mkdir",
      summary: "Make the target directory, and those above; copy into it.",
    },
    {
      name: "dry-run",
      summary: "Change nothing; list what would be done, and why.",
    },
    {
      name: "atomic",
      summary: "Replace each file in one step, once it is whole.",
    },
    {
      name: "verify",
      summary: "Prove each file: compare its SHA-256 here and there.",
    },
    {
      name: "resume",
      summary: "Go on with files whose beginning is there, by its hash.",
    },
    {
      name: "chmod",
      value: "modes",
      valueKind: "text",
      summary: "Give these modes: D755,F644 or one of both.",
    },
  ],
};

/** The options that users are shown, in the order of help and documentation. */
export const OPTION_GROUPS: readonly OptionGroup[] = [
  {
    title: "Copying",
    options: [
      {
        name: "r",
        summary: "Copy directories recursively; symbolic links are followed.",
      },
      {
        name: "p",
        summary: "Preserve modification times, access times and modes.",
      },
      {
        name: "T",
        summary: "Accept any file names from a host, requested or not.",
      },
      {
        name: "l",
        value: "limit",
        valueKind: "text",
        summary: "Limit the bandwidth, in Kbit/s of 1024 bits.",
      },
      {
        name: "3",
        summary: "Copy between two hosts through this one (the default).",
      },
      {
        name: "R",
        summary: "Copy between two hosts directly: the first runs scp.",
      },
      {
        name: "q",
        ssh: "-q",
        summary: "Quiet: no progress meter, no warnings; ssh is quiet, too.",
      },
      {
        name: "progress",
        summary: "Off a terminal, tell the progress every ten seconds.",
      },
      {
        name: "summary",
        summary: "Tell at the end what arrived, and in what time.",
      },
      {
        name: "json",
        summary: "Tell all events on standard output, as lines of JSON.",
      },
      {
        name: "v",
        ssh: "-v",
        summary: "Verbose, ssh and the remote too; repeat for more.",
      },
    ],
  },
  CHOICE_GROUP,
  {
    title: "Connection",
    options: [
      {
        name: "P",
        value: "port",
        valueKind: "text",
        summary: "Connect to this port of the host.",
      },
      {
        name: "i",
        ssh: "-i",
        value: "identity_file",
        valueKind: "file",
        summary: "Log in with the private key in this file.",
      },
      {
        name: "J",
        ssh: "-J",
        value: "destination",
        valueKind: "host",
        summary: "Connect through this jump host.",
      },
      {
        name: "F",
        ssh: "-F",
        value: "ssh_config",
        valueKind: "file",
        summary: "Have ssh read this configuration file, not the usual ones.",
      },
      {
        name: "o",
        ssh: "-o",
        value: "ssh_option",
        valueKind: "ssh_option",
        summary: "Set an option of ssh_config(5).",
      },
      {
        name: "c",
        ssh: "-c",
        value: "cipher",
        valueKind: "cipher",
        summary: "Encrypt with this cipher.",
      },
      { name: "C", ssh: "-C", summary: "Compress the connection." },
      {
        name: "A",
        ssh: "-A",
        summary: "Forward the authentication agent to the host.",
      },
      {
        name: "B",
        ssh: BATCH_MODE,
        summary: "Batch mode: ssh asks for no password or passphrase.",
      },
      {
        name: "jobs",
        value: "number",
        valueKind: "text",
        summary: "Connections that copy at once, where ssh asks nothing.",
      },
      {
        name: "share",
        summary: "With --jobs: one login for all connections.",
      },
      {
        name: "retries",
        value: "number",
        valueKind: "text",
        summary: "Tries after a connection that failed, or was lost.",
      },
      { name: "4", ssh: "-4", summary: "Use IPv4 addresses only." },
      { name: "6", ssh: "-6", summary: "Use IPv6 addresses only." },
      {
        name: "S",
        value: "program",
        valueKind: "file",
        summary: "Run this program for ssh; it must take ssh's options.",
      },
    ],
  },
  {
    title: "Protocol",
    options: [
      {
        name: "O",
        summary: "Use SCP only; the remote shell interprets the path.",
      },
      { name: "s", summary: "Use SFTP only." },
      {
        name: "D",
        value: "sftp_server_path",
        valueKind: "file",
        summary: "Run this SFTP server on this machine in place of ssh.",
      },
      {
        name: "X",
        value: "sftp_option",
        valueKind: "text",
        summary: "Tune SFTP: nrequests=number or buffer=size.",
      },
      {
        name: "lockstep",
        summary: "Wait for each reply before sending more; for odd servers.",
      },
    ],
  },
  SERVER_GROUP,
  {
    title: "Other",
    options: [
      {
        name: "completions",
        value: "shell",
        valueKind: "text",
        summary: "Print completions for bash, zsh, fish or powershell.",
      },
      { name: "help", summary: "Show examples and every option." },
      {
        name: "version",
        summary: "Show the version and the ssh in use; with -v, ssh's too.",
      },
    ],
  },
];

/** Options for programs, and those that scp takes without an effect. */
const HIDDEN: readonly TableOption[] = [
  { name: "d" },
  { name: "t" },
  { name: "f" },
  { name: "sftp-server" },
  { name: "1" },
  { name: "2" },
  { name: "M", value: "value", valueKind: "text" },
  { name: "complete", value: "shell", valueKind: "text" },
];

/**
 * Every option of scp in OpenSSH 10.5, and seacp's own; the hidden ones last.
 */
export const OPTIONS: readonly TableOption[] = [
  ...OPTION_GROUPS.flatMap(({ options }) => options),
  ...HIDDEN,
];

/** Gives an option as it is typed, dashes included. */
export function dashed(name: string): string {
  return (name.length === 1 ? "-" : "--") + name;
}

/** Gives an option as it is typed, with the name of its value. */
export function typedOption({ name, value }: TableOption): string {
  return value === undefined ? dashed(name) : `${dashed(name)} ${value}`;
}
