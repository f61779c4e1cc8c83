import { assert, assertEquals } from "@std/assert";
import { SessionError } from "../../../lib/errors.ts";
import { loginOf } from "../../../lib/location/login.ts";
import { EarlyLogins } from "../../../lib/routes/early_login.ts";
import { exists } from "../../support/fixtures/tree.ts";
import { onWindows } from "../../support/platform.ts";
import { KeyStage, OTHER, script } from "./session_stage.ts";

const NO_PATIENCE = { afterLogin: 0, unseen: 0 };

const VERSION_3 = "printf '\\000\\000\\000\\005\\002\\000\\000\\000\\003'";

function loginsOn({ keyContext, interruption }: KeyStage): EarlyLogins {
  return new EarlyLogins(keyContext, interruption.signal);
}

Deno.test({
  name: "EarlyLogins: log in without a prompt, and hold what ssh says",
  ignore: onWindows,
  fn: async () => {
    using stage = new KeyStage(script(
      `case " $* " in *" -oBatchmode=yes "*) ;; *) exit 9;; esac\n` +
        `echo one >&2\n${VERSION_3}\ncat >/dev/null\n`,
    ));
    const { reported } = stage;
    const logins = loginsOn(stage);
    logins.begin(OTHER);
    const early = await logins.take(loginOf(OTHER));
    assert(early !== undefined);
    assert(!((await early.starting) instanceof Error));
    assertEquals(await early.ssh.awaitFirstOutput(NO_PATIENCE), "spoke");
    assertEquals(await logins.take(loginOf(OTHER)), undefined);
    await early.ssh[Symbol.asyncDispose]();
    assertEquals(early.ssh.stderrLines, ["one"]);
    assertEquals(reported.sshOutputs, []);
    early.show();
    assertEquals(reported.sshOutputs, ["one\n"]);
  },
});

Deno.test({
  name: "EarlyLogins: say nothing of a login that fails",
  ignore: onWindows,
  fn: async () => {
    using stage = new KeyStage(
      script("echo 'Permission denied' >&2\nexit 255\n"),
    );
    const logins = loginsOn(stage);
    logins.begin(OTHER);
    const early = await logins.take(loginOf(OTHER));
    assert(await early!.starting instanceof SessionError);
    await early!.ssh[Symbol.asyncDispose]();
    assertEquals(early!.ssh.stderrLines, ["Permission denied"]);
    assertEquals(stage.reported.failures, []);
    assertEquals(stage.reported.sshOutputs, []);
  },
});

Deno.test({
  name: "EarlyLogins: hold nothing where all is verbose",
  ignore: onWindows,
  fn: async () => {
    using stage = new KeyStage(script("echo refused >&2\nexit 255\n"), {
      verbose: true,
    });
    const logins = loginsOn(stage);
    logins.begin(OTHER);
    const early = await logins.take(loginOf(OTHER));
    await early!.ssh[Symbol.asyncDispose]();
    assertEquals(stage.reported.sshOutputs, ["refused\n"]);
  },
});

Deno.test({
  name: "EarlyLogins: end a login that nobody took, at once",
  ignore: onWindows,
  fn: async () => {
    using stage = new KeyStage(
      script(`echo $$ >"$0.pid"; exec sleep 1000\n`),
    );
    const logins = loginsOn(stage);
    logins.begin(OTHER);
    await logins[Symbol.asyncDispose]();
    // The shell may have been ended before it wrote its number.
    const file = `${stage.path}/ssh.pid`;
    if (!exists(file)) return;
    const pid = Deno.readTextFileSync(file).trim();
    const { success } = await new Deno.Command("kill", {
      args: ["-0", pid],
      stderr: "null",
    }).output();
    assert(!success);
  },
});

Deno.test({
  name: "EarlyLogins: begin none where ssh may prompt, or does not tell",
  ignore: onWindows,
  fn: async () => {
    using stage = new KeyStage(script("exit 9\n"));
    const logins = loginsOn(stage);
    const begins = async () => {
      logins.begin(OTHER);
      const early = await logins.take(loginOf(OTHER));
      await early?.ssh[Symbol.asyncDispose]();
      return early !== undefined;
    };
    stage.configure("proxyjump none\n");
    assert(await begins());
    for (const lines of ["proxyjump jump\n", "proxycommand nc other 22\n"]) {
      stage.configure(lines);
      assert(!await begins());
    }
    for (const text of ["", "hostname other\nidentityagent none\n"]) {
      stage.hosts.text = text;
      assert(!await begins());
    }
  },
});

Deno.test({
  name:
    "EarlyLogins: begin none where several connections have a plan, or a program is the server",
  ignore: onWindows,
  fn: async () => {
    for (const change of [{ jobs: 2 }, { sftpServer: "/bin/cat" }]) {
      using stage = new KeyStage(script("exit 9\n"), change);
      const logins = loginsOn(stage);
      logins.begin(OTHER);
      assertEquals(await logins.take(loginOf(OTHER)), undefined);
    }
  },
});
