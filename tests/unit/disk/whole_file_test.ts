/** Small files of the local disk that are read or made in one go. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { denoCalls } from "../../../lib/disk/deno_calls.ts";
import { linuxCalls } from "../../../lib/disk/linux_calls.ts";
import type {
  SystemCalls,
  SystemFile,
} from "../../../lib/disk/system_calls.ts";
import { readWhole, storeWhole } from "../../../lib/disk/whole_file.ts";
import type { WholeFile } from "../../../lib/filesystem/file_system.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const CONTENT = new TextEncoder().encode("new");
const FINAL = { mode: 0o640, times: { modified: 5000, accessed: 6000 } };
const NOTHING = { mode: undefined, times: undefined };

/**
 * Gives calls whose only file notes each call, and fails at some of them.
 *
 * @param mode Mode that the file has.
 */
function callsOf(fails: readonly string[], mode = 0o600) {
  const made: string[] = [];
  const step = (name: string) => {
    made.push(name);
    if (fails.includes(name.split(" ")[0]!)) {
      throw new Error(`no ${name.split(" ")[0]}`);
    }
  };
  const file = {
    seek: () => {},
    fstat: () => ({ kind: "file", mode, size: 0, modified: 0, accessed: 0 }),
    write: (bytes: Uint8Array) => {
      step(`write ${bytes.length}`);
      return Math.min(bytes.length, 2);
    },
    ftruncate: (size: number) => step(`truncate ${size}`),
    fchmod: (mode: number) => step(`chmod ${mode.toString(8)}`),
    futimes: () => step("utimes"),
    close: () => step("close"),
    [Symbol.dispose]: () => void made.push("dispose"),
  } as Partial<SystemFile> as SystemFile;
  const calls = {
    create: (path: string, mode: number) => {
      step(`create ${path} ${mode.toString(8)}`);
      return file;
    },
  } as Partial<SystemCalls> as SystemCalls;
  return { calls, made };
}

function store(calls: SystemCalls, given: Partial<WholeFile>, made = () => {}) {
  const file = { path: "f", mode: 0o600, content: CONTENT, attributes: FINAL };
  return storeWhole(calls, { ...file, ...given }, made);
}

Deno.test("storeWhole(): makes a file and gives it its content, mode and times, then closes it", async () => {
  const { calls, made } = callsOf([]);
  assertEquals(await store(calls, {}, () => made.push("made")), {});
  assertEquals(made, [
    "create f 600",
    "made",
    "write 3",
    "write 1",
    "chmod 640",
    "utimes",
    "close",
  ]);
});

Deno.test("storeWhole(): sets nothing that it is not given", async () => {
  const { calls, made } = callsOf([]);
  const empty = new Uint8Array();
  await store(calls, { content: empty, attributes: NOTHING });
  assertEquals(made, ["create f 600", "close"]);
});

Deno.test("storeWhole(): empties a file that it cannot write, closes it and gives the failure", async () => {
  const { calls, made } = callsOf(["write"]);
  const stored = await store(calls, {});
  assertEquals((stored?.failure as Error).message, "f: no write");
  assertEquals(made, ["create f 600", "write 3", "truncate 0", "dispose"]);
});

Deno.test("storeWhole(): takes each step behind one that fails, and gives the first failure", async () => {
  const { calls, made } = callsOf(["chmod", "utimes", "close"]);
  const stored = await store(calls, {});
  assertEquals(stored?.flaw?.message, "f: set mode: no chmod");
  assertEquals(stored?.failure, undefined);
  assertEquals(made.slice(-3), ["chmod 640", "utimes", "close"]);
});

Deno.test("storeWhole(): takes a mode that cannot be set for set where the file has it", async () => {
  const { calls, made } = callsOf(["chmod"], FINAL.mode);
  assertEquals(await store(calls, {}), {});
  assertEquals(made.slice(-3), ["chmod 640", "utimes", "close"]);
});

Deno.test("storeWhole(): closes the file where a listener throws", () => {
  const { calls, made } = callsOf([]);
  const fault = new RangeError("a fault");
  assertThrows(() =>
    store(calls, {}, () => {
      throw fault;
    }), RangeError);
  assertEquals(made, ["create f 600", "dispose"]);
});

Deno.test("storeWhole(): makes nothing where that fails, and tells nobody that it did", async () => {
  const { calls, made } = callsOf(["create"]);
  assertEquals(await store(calls, {}, () => made.push("made")), undefined);
  assertEquals(made, ["create f 600"]);
});

testUnless(
  lacksLinuxLibrary,
  "storeWhole(): leaves what is there alone, links to nowhere too",
  async () => {
    using directory = new TempDirectory();
    const old = `${directory.path}/old`;
    const link = `${directory.path}/link`;
    Deno.writeTextFileSync(old, "old");
    Deno.symlinkSync("nowhere", link);
    for (const path of [old, link, `${directory.path}/none/f`]) {
      assertEquals(await store(linuxCalls, { path }), undefined);
    }
    assertEquals(Deno.readTextFileSync(old), "old");
    assert(Deno.lstatSync(link).isSymlink);
    const names = Array.from(Deno.readDirSync(directory.path), (it) => it.name);
    assertEquals(names.toSorted(), ["link", "old"]);
  },
);

testUnless(
  lacksLinuxLibrary,
  "storeWhole(): gives a file on the disk its content, all bits of its mode and its times",
  async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/f`;
    assertEquals(
      await store(linuxCalls, { path, attributes: { ...FINAL, mode: 0o4751 } }),
      {},
    );
    const { mode, mtime, atime } = Deno.statSync(path);
    assertEquals((mode! & 0o7777).toString(8), "4751");
    assertEquals([mtime!.getTime(), atime!.getTime()], [5000, 6000]);
    assertEquals(Deno.readTextFileSync(path), "new");
  },
);

Deno.test("readWhole(): fills what room there is with a file's beginning, and gives nothing of what cannot be read", () => {
  using directory = new TempDirectory();
  const path = `${directory.path}/f`;
  Deno.writeTextFileSync(path, "abc");
  const buffer = new Uint8Array(8);
  const short = new Uint8Array(2);
  assertEquals(readWhole(denoCalls, path, buffer), 3);
  assertEquals(new TextDecoder().decode(buffer.subarray(0, 3)), "abc");
  assertEquals(readWhole(denoCalls, path, short), 2);
  assertEquals(readWhole(denoCalls, `${path}/g`, buffer), undefined);
});
