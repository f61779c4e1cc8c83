import { assertEquals } from "@std/assert";
import { ownAccount } from "../../../lib/system/account.ts";
import {
  ConfinedPlace,
  confinedTest,
} from "../../support/file_systems/confined.ts";
import { openBelow } from "../../support/process/descriptors.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { packet, string, uint32, uint64 } from "../../support/sftp/bytes.ts";
import {
  FIRST,
  NONE,
  responsesOf,
  responsesTo,
  sessionTest,
  statusOf,
} from "../../support/sftp/server_dialogue.ts";

sessionTest("a handle that was invented opens nothing", async () => {
  const handles = ["", "\x00", "\x00\x00\x00\x00", "\xff\xff\xff\xff", "/tmp"];
  const types = ["\x04", "\x08", "\x0c"];
  const requests = handles.flatMap((handle) =>
    types.map((type) => packet(type, uint32(1), string(handle)))
  );
  assertEquals(
    await responsesTo(...requests),
    requests.map(() => statusOf(1, 4, "this handle is not open")),
  );
});

sessionTest(
  "the handle of a file lists nothing, and that of a directory reads nothing",
  async () => {
    using place = new TempDirectory();
    const refusal = "this handle is not open";
    assertEquals(
      await responsesTo(
        packet("\x0b", uint32(1), string(place.path)),
        packet("\x05", uint32(2), FIRST, uint64(0), uint32(9)),
        packet("\x04", uint32(3), FIRST),
        packet("\x03", uint32(4), string("/dev/null"), uint32(1), NONE),
        packet("\x0c", uint32(5), "\x00\x00\x00\x04\x00\x00\x00\x02"),
      ),
      [
        `\x66\x00\x00\x00\x01${FIRST}`,
        statusOf(2, 4, refusal),
        statusOf(3, 0, "Success"),
        "\x66\x00\x00\x00\x04\x00\x00\x00\x04\x00\x00\x00\x02",
        statusOf(5, 4, refusal),
      ],
    );
  },
);

sessionTest("refuses the 961st open handle, and leaves none open", async () => {
  using place = new TempDirectory();
  const file = `${place.path}/f`;
  Deno.writeTextFileSync(file, "");
  const opens = Array.from(
    { length: 965 },
    (_, id) => packet("\x03", uint32(id), string(file), uint32(1), NONE),
  );
  const responses = await responsesTo(...opens);
  assertEquals(
    responses.map((each) => each[0]).join(""),
    "\x66".repeat(960) + "\x65".repeat(5),
  );
  assertEquals(responses[960], statusOf(960, 4, "too many open handles"));
  assertEquals(openBelow(place.path), []);
});

sessionTest("tells why a path is refused, and names it to nobody", async () => {
  using place = new TempDirectory();
  const missing = string(`${place.path}/none`);
  const there = string(place.path);
  assertEquals(
    await responsesTo(
      packet("\x11", uint32(1), missing),
      packet("\x0d", uint32(2), there),
      packet("\x0e", uint32(3), there, NONE),
      packet("\x13", uint32(4), there),
      packet("\x11", uint32(5), string("/etc\0/passwd")),
      packet("\x11", uint32(6), string(`/${"x".repeat(256)}`)),
      packet("\x11", uint32(7), string("")),
      packet("\x0b", uint32(8), string("/dev/null")),
    ),
    [
      statusOf(1, 2, "No such file"),
      statusOf(2, 4, "Is a directory"),
      statusOf(3, 4, "File exists"),
      statusOf(4, 5, "this is no symbolic link"),
      statusOf(5, 5, "Bad message"),
      statusOf(6, 5, "Bad message"),
      statusOf(7, 2, "No such file"),
      statusOf(8, 2, "No such file"),
    ],
  );
});

sessionTest(
  "a rename spares what has the new name; posix-rename takes its place",
  async () => {
    using place = new TempDirectory();
    const [a, b] = [`${place.path}/a`, `${place.path}/b`];
    Deno.writeTextFileSync(a, "a");
    Deno.writeTextFileSync(b, "b");
    const names = string(a) + string(b);
    const rename = packet("\x12", uint32(1), names);
    assertEquals(await responsesTo(rename), [statusOf(1, 4, "File exists")]);
    assertEquals(Deno.readTextFileSync(b), "b");
    const replace = string("posix-rename@openssh.com") + names;
    assertEquals(
      await responsesTo(packet("\xc8", uint32(2), replace)),
      [statusOf(2, 0, "Success")],
    );
    assertEquals(Deno.readTextFileSync(b), "a");
  },
);

sessionTest(
  "a listing of many entries comes in parts",
  async () => {
    using place = new TempDirectory();
    for (let at = 0; at < 250; at++) {
      Deno.writeTextFileSync(`${place.path}/${at}`, "");
    }
    const readdir = (id: number) => packet("\x0c", uint32(id), FIRST);
    const [, ...parts] = await responsesTo(
      packet("\x0b", uint32(1), string(place.path)),
      ...[2, 3, 4, 5, 6].map(readdir),
    );
    assertEquals(
      parts.slice(0, 3).map((part) => part.slice(0, 9)),
      [
        "\x68\x00\x00\x00\x02\x00\x00\x00\x64",
        "\x68\x00\x00\x00\x03\x00\x00\x00\x64",
        "\x68\x00\x00\x00\x04\x00\x00\x00\x32",
      ],
    );
    const whole = parts.join("");
    for (let at = 0; at < 250; at++) {
      assertEquals(whole.split(` ${at}\x00`).length, 2);
    }
    assertEquals(parts.slice(3), [
      statusOf(5, 1, "End of file"),
      statusOf(6, 1, "End of file"),
    ]);
  },
);

sessionTest("changes no owner, and takes those that are there", async () => {
  using place = new TempDirectory();
  const { uid, gid } = Deno.statSync(place.path);
  const owners = (user: number) =>
    "\x00\x00\x00\x02" + uint32(user) + uint32(gid!);
  assertEquals(
    await responsesTo(
      packet("\x09", uint32(1), string(place.path), owners(uid!)),
      packet("\x09", uint32(2), string(place.path), owners(uid! + 1)),
    ),
    [
      statusOf(1, 0, "Success"),
      statusOf(2, 3, "this server changes no owners"),
    ],
  );
  assertEquals(Deno.statSync(place.path).uid, uid);
});

sessionTest("copies no range onto itself", async () => {
  using place = new TempDirectory();
  const path = `${place.path}/f`;
  Deno.writeTextFileSync(path, "abcdef");
  const copy = (id: number, to: number) =>
    packet(
      ...["\xc8", uint32(id), string("copy-data"), FIRST, uint64(0), uint64(3)],
      ...[FIRST, uint64(to)],
    );
  const [, ...responses] = await responsesTo(
    packet("\x03", uint32(1), string(path), "\x00\x00\x00\x03", NONE),
    copy(2, 2),
    copy(3, 3),
  );
  assertEquals(responses, [
    statusOf(2, 4, "the ranges overlap"),
    statusOf(3, 0, "Success"),
  ]);
  assertEquals(Deno.readTextFileSync(path), "abcabc");
});

/** Gives the packet that asks to expand a path. */
function expand(path: string): Uint8Array {
  const name = string("expand-path@openssh.com");
  return packet("\xc8", uint32(1), name, string(path));
}

/** Gives the response that names one path. */
function nameOf(path: string): string {
  return "\x68" + uint32(1) + uint32(1) + string(path) + string(path) + NONE;
}

sessionTest("a tilde and a name are that user's home directory", async () => {
  const { name, home } = ownAccount()!;
  const real = Deno.realPathSync(home);
  assertEquals(
    await responsesTo(expand(`~${name}`), expand(`~${name}/a/../~b`)),
    [nameOf(real), nameOf(`${real}/a/../~b`)],
  );
  assertEquals(
    await responsesTo(expand("~no-such-user/a"), expand("~\xff")),
    Array(2).fill(statusOf(1, 2, "no such user")),
  );
});

confinedTest(
  "serveSftp(): in a directory a tilde is the directory, and no other home is known",
  async () => {
    using place = new ConfinedPlace();
    const files = place.disk.files;
    const refusal = "this server knows no other user's home directory";
    assertEquals(
      await responsesOf(files, expand("~"), expand("~/a"), expand("~root/a")),
      [nameOf("/"), nameOf("/a"), statusOf(1, 3, refusal)],
    );
  },
);
