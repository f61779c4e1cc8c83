/** Completions, in the shells themselves, by somebody who presses Tab. */

import { assert, assertEquals } from "@std/assert";
import { poll } from "@std/async/poll";
import { peerTest, writeScript } from "../support/doors.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { makeTree } from "../support/fixtures/tree.ts";
import { isRunning, until } from "../support/process/processes.ts";
import { runProgram, SEACP } from "../support/process/program.ts";
import { quoted } from "../support/process/pseudo_terminal.ts";
import { Sshd } from "../support/ssh/sshd.ts";

/** Time that anything may take on a busy machine, in milliseconds. */
const DEADLINE_MILLISECONDS = 30_000;

/** Interval between looks, in milliseconds. */
const GLANCE_MILLISECONDS = 30;

interface TmuxOptions {
  readonly cwd: string;
  /** All of the environment that the shell has. */
  readonly env: Readonly<Record<string, string>>;
}

/** A terminal, held by a tmux that nobody else uses. */
class Tmux implements AsyncDisposable {
  readonly #socket = `seacp-${crypto.randomUUID()}`;

  private constructor() {}

  /** Runs a command in a terminal of 100 columns and 50 rows. */
  static async start(
    command: readonly string[],
    { cwd, env }: TmuxOptions,
  ): Promise<Tmux> {
    const tmux = new Tmux();
    await tmux.#run([
      ...["new-session", "-d", "-x", "100", "-y", "50", "-c", cwd, "--"],
      ...["env", "-i", "TERM=screen"],
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ...command,
    ]);
    return tmux;
  }

  /** Types characters as they are. */
  async type(text: string): Promise<void> {
    await this.#run(["send-keys", "-l", "--", text]);
  }

  /** Presses keys by their names, such as `Tab`, `Enter` and `C-u`. */
  async press(...keys: string[]): Promise<void> {
    await this.#run(["send-keys", "--", ...keys]);
  }

  /** Gives the visible text, without empty lines at the end. */
  async screen(): Promise<string> {
    return (await this.#run(["capture-pane", "-p", "-J"])).trimEnd();
  }

  /**
   * Waits until there is to be seen what is waited for.
   *
   * @param again What may help, if it takes long.
   * @throws {Error} If it does not come: the message shows what is there.
   */
  async until(
    isThere: (screen: string) => boolean,
    again: () => Promise<void> = async () => {},
  ): Promise<string> {
    const signal = AbortSignal.timeout(DEADLINE_MILLISECONDS);
    let screen = "";
    let glances = 0;
    const look = async () => {
      if (++glances % 100 === 0) await again();
      return screen = await this.screen();
    };
    try {
      return await poll(look, isThere, {
        interval: GLANCE_MILLISECONDS,
        signal,
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new Error(`It did not come. There is:\n${screen}`);
    }
  }

  async #run(args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-u", "-L", this.#socket, "-f", "/dev/null", ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`tmux: ${decoder.decode(stderr)}`);
    return decoder.decode(stdout);
  }

  /** Ends the shell: what it has to write when that happens is written then. */
  async [Symbol.asyncDispose](): Promise<void> {
    const pid = await this.#run(["display-message", "-p", "#{pane_pid}"]);
    await this.#run(["kill-server"]);
    await until("the shell has ended", () => !isRunning(Number(pid)));
  }
}

const NEEDS = ["tmux", "ssh", "scp", "sshd", "ssh-keygen", "sftp-server"];

const PROMPT = "ready>";

/** Start of a shell with the completions. */
interface Shell {
  readonly name: string;
  readonly command: readonly string[];
  readonly setup: string;
  /** Keys that empty the line and the screen; a signal might come too late. */
  readonly clearing: readonly string[];
}

const BASH: Shell = {
  name: "bash",
  command: ["bash", "--norc", "--noprofile"],
  setup: `eval "$(seacp --completions bash)"; PS1='${PROMPT} '`,
  clearing: ["C-e", "C-u", "C-l"],
};

const ZSH: Shell = {
  name: "zsh",
  command: ["zsh", "-f"],
  setup: "autoload -Uz compinit; compinit -u -D; " +
    `source <(seacp --completions zsh); PS1='${PROMPT} '`,
  clearing: ["C-e", "C-u", "C-l"],
};

const FISH: Shell = {
  name: "fish",
  command: ["fish", "--no-config"],
  setup: "seacp --completions fish | source; " +
    "set -g fish_autosuggestion_enabled 0; " +
    `function fish_prompt; echo -n '${PROMPT} '; end`,
  clearing: ["C-e", "C-u", "C-l"],
};

let started: Promise<Sshd> | undefined;

Deno.test.afterAll(async () => {
  await (await started)?.[Symbol.asyncDispose]();
});

/** Files in the remote's home directory. */
const FAR = [
  { path: "docs/" },
  { path: "docs/inner.txt", content: "inner" },
  { path: "list/" },
  { path: "list/one.txt", content: "1" },
  { path: "list/two.txt", content: "2" },
  { path: "list/.hidden", content: "3" },
  { path: "blank a b.txt", content: "blank" },
  { path: "quote it's.txt", content: "quote" },
  { path: "odd $(touch pwned)`touch pwned`;\"'\\!&*~ x.txt", content: "odd" },
  { path: "hostile\nnewline", content: "" },
  { path: "hostile\x1b[31mred", content: "" },
  { path: "hostile-but-one", content: "fine" },
];

/** Somebody who types to a shell, in a directory of their own. */
class Typist implements AsyncDisposable {
  readonly #tmux: Tmux;
  readonly #shell: Shell;
  readonly #directory: TempDirectory;

  private constructor(tmux: Tmux, shell: Shell, directory: TempDirectory) {
    this.#tmux = tmux;
    this.#shell = shell;
    this.#directory = directory;
  }

  static async start(shell: Shell): Promise<Typist> {
    const { command, setup } = shell;
    const sshd = await (started ??= startSshd());
    await using stack = new AsyncDisposableStack();
    const directory = stack.use(new TempDirectory());
    const home = `${directory.path}/home`;
    makeTree(directory.path, [
      { path: "home/" },
      { path: "home/.ssh/" },
      {
        path: "home/.ssh/known_hosts",
        content: "knownhost,[porthost]:2222 ssh-ed25519 AAAA\n",
      },
      { path: "bin/" },
      { path: "here/" },
      {
        path: "here/c",
        content: "Host confhost conf.pattern.*\nHost dead\n" +
          "  ProxyCommand sleep 100\n" + Deno.readTextFileSync(sshd.config),
      },
      { path: "here/local it's.txt", content: "local" },
    ]);
    writeScript(
      `${directory.path}/bin/seacp`,
      `exec ${SEACP.map(quoted).join(" ")} "$@"\n`,
    );
    const tmux = stack.use(
      await Tmux.start(command, {
        cwd: `${directory.path}/here`,
        env: {
          HOME: home,
          PATH: `${directory.path}/bin:${Deno.env.get("PATH")}`,
          LC_ALL: "C.UTF-8",
          DENO_DIR: Deno.env.get("DENO_DIR") ??
            `${Deno.env.get("HOME")}/.cache/deno`,
        },
      }),
    );
    await tmux.until((screen) => screen !== "");
    await tmux.type(setup);
    await tmux.press("Enter");
    await tmux.until((screen) => screen.split("\n").includes(PROMPT));
    stack.move();
    return new Typist(tmux, shell, directory);
  }

  /** The directory it types in. */
  get here(): string {
    return `${this.#directory.path}/here`;
  }

  /**
   * Types the beginning of a line and has it completed.
   *
   * @param shows What is to be seen in the end.
   */
  async complete(
    typed: string,
    shows: string | RegExp,
    keys: readonly string[] = ["Tab"],
  ): Promise<string> {
    await this.#clear();
    await this.#tmux.type(typed);
    await this.#tmux.press(...keys);
    return await this.#tmux.until(
      (screen) =>
        typeof shows === "string"
          ? screen.includes(shows)
          : shows.test(screen.replaceAll("\n", " ")),
      // A busy machine may be too slow for a second's patience.
      async () => {
        this.#forget();
        await this.#tmux.press("Tab");
      },
    );
  }

  /** The same, then the rest of the line; the file of this name is to come. */
  async copy(
    typed: string,
    shows: string | RegExp,
    { rest = " .", name, content }: {
      rest?: string;
      name: string;
      content: string;
    },
  ): Promise<void> {
    await this.complete(typed, shows);
    await this.#tmux.type(rest);
    await this.#tmux.press("Enter");
    const path = `${this.here}/${name}`;
    await until(`${name} by ${typed}`, () => read(path) === content);
    Deno.removeSync(path);
  }

  /** Types more; gives what is seen once it has been. */
  async type(text: string): Promise<string> {
    await this.#tmux.type(text);
    return await this.#tmux.until((screen) => screen.endsWith(text));
  }

  /** Leaves the line and begins another one, on an empty screen. */
  async #clear(): Promise<void> {
    await this.#tmux.press(...this.#shell.clearing);
    await this.#tmux.until((screen) => screen === PROMPT);
  }

  #forget(): void {
    try {
      const cache = `${this.#directory.path}/home/.cache/seacp`;
      Deno.removeSync(cache, { recursive: true });
    } catch {
      // There is nothing to forget.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux[Symbol.asyncDispose]();
    this.#directory[Symbol.dispose]();
  }
}

async function startSshd(): Promise<Sshd> {
  const sshd = await Sshd.start();
  makeTree(sshd.home, FAR);
  return sshd;
}

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

const ODD_NAME = FAR.find(({ path }) => path.startsWith("odd"))!.path;

for (const shell of [BASH, ZSH, FISH]) {
  peerTest(
    `completions: ${shell.name} completes options, files here, hosts and remote paths`,
    [...NEEDS, shell.name],
    async (context) => {
      await using typist = await Typist.start(shell);
      const user = (await runProgram(["id", "-un"])).stdout.trim();
      await context.step("an option", async () => {
        await typist.complete("seacp --lock", "--lockstep");
        await typist.complete("seacp -c aes128-g", "aes128-gcm@openssh.com");
        await typist.complete("seacp -oIdentityF", "-oIdentityFile=");
      });
      await context.step("a file here", async () => {
        await typist.copy("seacp local", /it.+s\.txt/, {
          rest: " copied",
          name: "copied",
          content: "local",
        });
      });
      await context.step("hosts", async () => {
        await typist.complete("seacp -F c conf", "confhost:");
        await typist.complete("seacp -F c know", "knownhost:");
        await typist.complete("seacp -F c bob@porth", "bob@porthost:");
        await typist.complete("seacp -J know", "-J knownhost");
      });
      await context.step("a remote directory, and a file in it", async () => {
        await typist.copy("seacp -qF c far:do", "far:docs/", {
          rest: "inner.txt .",
          name: "inner.txt",
          content: "inner",
        });
        await typist.copy(`seacp -qF c ${user}@far:docs/`, "docs/inner.txt", {
          name: "inner.txt",
          content: "inner",
        });
      });
      await context.step("several names", async () => {
        const screen = await typist.complete(
          "seacp -F c far:list/",
          /one\.txt .*two\.txt/,
          ["Tab", "Tab"],
        );
        assert(!screen.includes(".hidden"), screen);
      });
      for (const options of ["-qF c", "-sqF c", "-OqF c"]) {
        await context.step(`odd names with ${options}`, async () => {
          const names = ["blank a b.txt", "quote it's.txt", ODD_NAME];
          for (const name of names) {
            const { content = "" } = FAR.find(({ path }) => path === name)!;
            const beginning = name.slice(0, 3);
            const isIn = /txt['"]? *$/;
            await typist.copy(`seacp ${options} far:${beginning}`, isIn, {
              name,
              content,
            });
            for (const quote of ["'", '"']) {
              await typist.copy(
                `seacp ${options} ${quote}far:${beginning}`,
                isIn,
                { name, content },
              );
            }
          }
        });
      }
      await context.step("nothing that is hostile", async () => {
        const screen = await typist.complete("seacp -F c far:host", "-but-one");
        assertEquals(screen.split("\n").length, 1, screen);
        assert(!screen.includes("newline") && !screen.includes("red"), screen);
        assertEquals(read(`${typist.here}/pwned`), undefined);
      });
      await context.step("nothing of a dead host", async () => {
        await typist.complete("seacp -F c dead:", "dead:");
        const screen = await typist.type("x");
        assertEquals(screen, `${PROMPT} seacp -F c dead:x`);
      });
      await context.step("in the middle of a line", async () => {
        await typist.complete(
          "seacp -F c know é",
          "knownhost: é",
          ["Left", "Left", "Tab"],
        );
      });
    },
  );
}

peerTest(
  "completions: bash completes after what is not ASCII, in open quotes and a closed one",
  [...NEEDS, "bash"],
  async () => {
    await using typist = await Typist.start(BASH);
    await typist.complete("seacp é 名 know", "名 knownhost:");
    await typist.complete("seacp é know x", "é knownhost: x", [
      ...["Left", "Left", "Tab"],
    ]);
    const inner = { name: "inner.txt", content: "inner" };
    await typist.copy('seacp -qF c "far:docs/"', '"far:docs/"inner.txt', inner);
    await typist.copy('seacp -qF c far:"docs/', 'far:"docs/inner.txt"', inner);
    const blank = { name: "blank a b.txt", content: "blank" };
    await typist.copy("seacp -qF c $'far:bl", "b.txt'", blank);
    await typist.copy("true; seacp -qF c far:bl", "b.txt", blank);
    await typist.copy("seacp -OqF c far:blank\\\\\\ ", "b.txt", blank);
    await typist.copy("seacp -OqF c far:blank\\\\\\", "b.txt", blank);
    await typist.copy("seacp -qF c far:blank\\ ", "b.txt", blank);
  },
);

peerTest(
  "completions: Remote paths are not completed where that is not wanted",
  [...NEEDS, "bash"],
  async () => {
    await using typist = await Typist.start(BASH);
    await typist.complete("export SEACP_COMPLETE_REMOTE=no", "=no", ["Enter"]);
    await typist.complete("seacp -F c far:do", "far:do");
    const screen = await typist.type("x");
    assertEquals(screen, `${PROMPT} seacp -F c far:dox`);
  },
);
