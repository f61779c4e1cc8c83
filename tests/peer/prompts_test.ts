/**
 * Uploads to a host where ssh asks, or might: whoever typed a passphrase once is
 * not asked again, and else bodies go ahead.
 */

import { assert, assertEquals } from "@std/assert";
import { watchPrompts } from "../../lib/ssh/prompt_watch.ts";
import { findProgram } from "../../scripts/peers.ts";
import { lacksLinuxLibrary } from "../support/c_library.ts";
import {
  type Door,
  peerTest,
  peerTestUnless,
  sshdDoor,
  writeScript,
} from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { until } from "../support/process/processes.ts";
import { type Outcome, runProgram } from "../support/process/program.ts";
import {
  LENDS_TERMINAL,
  onTerminal,
  seacpCommand,
} from "../support/process/pseudo_terminal.ts";
import {
  checkUpload,
  type SentFile,
  sentFiles,
  TREE,
} from "../support/scp/refusals.ts";

let opened: Promise<Door> | undefined;
Deno.test.afterAll(async () => {
  await (await opened)?.[Symbol.asyncDispose]();
});

/** No graphical program asks. */
const ENVIRONMENT = {
  SSH_ASKPASS_REQUIRE: "",
  DISPLAY: "",
  WAYLAND_DISPLAY: "",
};

/**
 * Number of times that other processes may open a terminal by accident: tests
 * beside this one do so for seconds.
 */
const ACCIDENTS = 40;

/** A tree here, of which some is refused there, and how it gets there. */
class Upload implements Disposable {
  readonly place: Place;
  readonly refused: readonly SentFile[];
  readonly #config: string;

  private constructor(door: Door) {
    this.place = new Place(door);
    this.place.makeNear(TREE);
    this.refused = sentFiles(`${this.place.near}/tree`)
      .filter((_, at) => at % 3 === 1);
    assert(this.refused.some(({ isAhead }) => isAhead));
    this.place.makeFar(
      this.refused.map(({ path }) => ({ path: `tree/${path}/` })),
    );
    this.#config = `${this.place.near}/config`;
    Deno.copyFileSync(door.options[1]!, this.#config);
    this.configure("BatchMode", "no");
  }

  static async prepare(): Promise<Upload> {
    return new Upload(await (opened ??= sshdDoor.open()));
  }

  /** Changes a setting of its own ssh; gives what it was before. */
  configure(setting: string, value: string): string {
    const line = new RegExp(`(?<=^ *${setting} ).*$`, "m");
    const config = Deno.readTextFileSync(this.#config);
    const [before] = line.exec(config)!;
    Deno.writeTextFileSync(this.#config, config.replace(line, value));
    return before;
  }

  /** Has a key log in that opens with the passphrase `secret`. */
  async encryptKey(): Promise<void> {
    const encrypted = `${this.place.near}/key`;
    Deno.copyFileSync(this.configure("IdentityFile", encrypted), encrypted);
    const { status, stderr } = await runProgram([
      findProgram("ssh-keygen")!,
      ...["-q", "-p", "-P", "", "-N", "secret", "-f", encrypted],
    ]);
    assertEquals(status, 0, stderr);
  }

  get args(): readonly string[] {
    // No meter is to be between the lines.
    return ["-F", this.#config, "-Oqrv", "tree", this.place.remote(".")];
  }

  /** Uploads on a terminal; once a question is shown, an answer is typed. */
  async onTerminal(question?: string, answer = ""): Promise<Outcome> {
    const { near } = this.place;
    const transcript = `${near}/transcript`;
    Deno.writeTextFileSync(transcript, "");
    const isAsked = () => Deno.readTextFileSync(transcript).includes(question!);
    // A question that nobody answers is not waited at for ever.
    const command = `timeout --foreground 30 ${seacpCommand(this.args)}`;
    const { status, stdout } = await onTerminal(command, 80, {
      cwd: near,
      env: ENVIRONMENT,
      transcript,
      ...(question === undefined ? {} : {
        input: until(`ssh asks: ${question}`, isAsked).then(() => answer),
      }),
    });
    return { status, stdout: "", stderr: stdout.replaceAll("\r\n", "\n") };
  }

  async check(outcome: Outcome, sessions: number): Promise<void> {
    await checkUpload(outcome, this.place, {
      copy: "tree",
      refused: this.refused,
      preserve: false,
      sessions,
    });
  }

  [Symbol.dispose](): void {
    this.place[Symbol.dispose]();
  }
}

const NEEDS = [...sshdDoor.needs, LENDS_TERMINAL, "stty", "timeout"];

/** Counts a text in another. */
function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

peerTest(
  "prompts: whoever types a passphrase is asked once, whatever is refused: nothing goes ahead",
  NEEDS,
  async () => {
    using upload = await Upload.prepare();
    await upload.encryptKey();
    const question = "Enter passphrase for key";
    const outcome = await upload.onTerminal(question, "secret\n");
    assertEquals(count(outcome.stderr, question), 1, outcome.stderr);
    await upload.check(outcome, 1);
  },
);

peerTest(
  "prompts: whoever trusts a host is asked once, whatever is refused: nothing goes ahead",
  NEEDS,
  async () => {
    using upload = await Upload.prepare();
    upload.configure("StrictHostKeyChecking", "ask");
    // No login remembers a host for the next one.
    upload.configure("UserKnownHostsFile", "/dev/null");
    const question = "Are you sure you want to continue connecting";
    const outcome = await upload.onTerminal(question, "yes\n");
    assertEquals(count(outcome.stderr, question), 1, outcome.stderr);
    await upload.check(outcome, 1);
  },
);

peerTest(
  "prompts: a program that asks for a passphrase is run once, whatever is refused: nothing goes ahead",
  NEEDS,
  async () => {
    using upload = await Upload.prepare();
    const { near } = upload.place;
    await upload.encryptKey();
    const askpass = writeScript(
      `${near}/askpass`,
      `echo asked >> ${near}/asked\necho secret\n`,
    );
    const outcome = await upload.place.copy(upload.args, {
      env: {
        ...ENVIRONMENT,
        SSH_ASKPASS: askpass,
        SSH_ASKPASS_REQUIRE: "force",
      },
    });
    assertEquals(Deno.readTextFileSync(`${near}/asked`), "asked\n");
    await upload.check(outcome, 1);
  },
);

for (const isOnTerminal of [true, false]) {
  const where = isOnTerminal ? "on a terminal" : "without a terminal";
  peerTestUnless(lacksLinuxLibrary)(
    `prompts: bodies go ahead ${where} where ssh asks for nothing: a refusal takes another session`,
    NEEDS,
    async () => {
      using upload = await Upload.prepare();
      const copy = () =>
        isOnTerminal
          ? upload.onTerminal()
          : upload.place.copy(upload.args, { env: ENVIRONMENT });
      await upload.check(await undisturbed(copy), 2);
    },
  );
}

peerTest(
  "prompts: bodies go ahead with -B, where ssh may not ask",
  NEEDS,
  async () => {
    using upload = await Upload.prepare();
    const outcome = await upload.place.copy(["-B", ...upload.args], {
      // Even where it would be asked by a program else.
      env: { ...ENVIRONMENT, SSH_ASKPASS_REQUIRE: "force" },
    });
    await upload.check(outcome, 2);
  },
);

/** Copies again where another program opened a terminal meanwhile. */
async function undisturbed(copy: () => Promise<Outcome>): Promise<Outcome> {
  for (let left = ACCIDENTS;; left--) {
    using watch = watchPrompts();
    const outcome = await copy();
    if (!watch.hasPrompted || left === 0) return outcome;
  }
}
