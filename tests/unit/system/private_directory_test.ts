import { assert, assertEquals } from "@std/assert";
import {
  HASHED_NAMES,
  hashedName,
  PrivateDirectory,
} from "../../../lib/system/private_directory.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { onWindows } from "../../support/platform.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const OUR_NAME = /^our/;
const NOBODY = 65534;
const MAX_BYTES = 8 * 1024 * 1024;

/** Place of a private directory that is not there yet. */
class Place extends TempDirectory {
  readonly at = `${this.path}/a/b`;
  readonly directory = new PrivateDirectory(this.at, OUR_NAME);
}

Deno.test("PrivateDirectory: reads a file as it was written, and replaces it whole", () => {
  using place = new Place();
  assertEquals(place.directory.read("our"), undefined);
  place.directory.write("our", "é\n");
  assertEquals(place.directory.read("our"), "é\n");
  place.directory.write("our", "");
  assertEquals(place.directory.read("our"), "");
  assertEquals(listing(place.at), ['our = ""']);
});

Deno.test({
  name:
    "PrivateDirectory: is the user's alone with all its files, whatever the umask",
  ignore: onWindows,
  fn: () => {
    const before = Deno.umask(0);
    try {
      using place = new Place();
      place.directory.write("our", "x");
      assertEquals(Deno.statSync(place.at).mode! & 0o777, 0o700);
      assertEquals(Deno.statSync(`${place.at}/our`).mode! & 0o777, 0o600);
    } finally {
      Deno.umask(before);
    }
  },
});

for (const mode of [0o701, 0o710, 0o704, 0o740, 0o722, 0o755]) {
  Deno.test({
    name: `PrivateDirectory: neither reads nor changes a directory of mode ${
      mode.toString(8)
    }`,
    ignore: onWindows,
    fn: () => {
      using place = new Place();
      place.directory.write("our 1", "x");
      Deno.utimeSync(`${place.at}/our 1`, 0, 0);
      Deno.chmodSync(place.at, mode);
      assertEquals(place.directory.read("our 1"), undefined);
      place.directory.write("our 2", "x");
      place.directory.remove("our 1");
      place.directory.removeOlder(Date.now());
      assertEquals(listing(place.at), ['our 1 = "x"']);
      Deno.chmodSync(place.at, 0o700);
      assertEquals(place.directory.read("our 1"), "x");
    },
  });
}

for (const mode of [0o601, 0o604, 0o620, 0o640, 0o666]) {
  Deno.test({
    name: `PrivateDirectory: reads no file of mode ${
      mode.toString(8)
    }, and replaces it`,
    ignore: onWindows,
    fn: () => {
      using place = new Place();
      place.directory.write("our", "x");
      Deno.chmodSync(`${place.at}/our`, mode);
      assertEquals(place.directory.read("our"), undefined);
      place.directory.write("our", "y");
      assertEquals(place.directory.read("our"), "y");
    },
  });
}

Deno.test({
  name:
    "PrivateDirectory: neither reads nor changes another user's directory or file",
  ignore: onWindows || Deno.uid() !== 0,
  fn: () => {
    using place = new Place();
    place.directory.write("our", "x");
    Deno.chownSync(`${place.at}/our`, NOBODY, NOBODY);
    assertEquals(place.directory.read("our"), undefined);
    Deno.chownSync(`${place.at}/our`, 0, 0);
    Deno.chownSync(place.at, NOBODY, NOBODY);
    assertEquals(place.directory.read("our"), undefined);
    place.directory.write("our 2", "x");
    place.directory.remove("our");
    place.directory.removeOlder(Date.now() + 1000);
    assertEquals(listing(place.at), ['our = "x"']);
  },
});

Deno.test({
  name: "PrivateDirectory: follows no link in the place of the directory",
  ignore: onWindows,
  fn: () => {
    using place = new Place();
    place.directory.write("our", "x");
    Deno.renameSync(place.at, `${place.path}/elsewhere`);
    Deno.symlinkSync(`${place.path}/elsewhere`, place.at);
    assertEquals(place.directory.read("our"), undefined);
    place.directory.write("our 2", "x");
    place.directory.remove("our");
    place.directory.removeOlder(Date.now() + 1000);
    assertEquals(listing(`${place.path}/elsewhere`), ['our = "x"']);
  },
});

Deno.test({
  name:
    "PrivateDirectory: follows no link in the place of a file, and replaces it",
  ignore: onWindows,
  fn: () => {
    using place = new Place();
    place.directory.write("our", "x");
    Deno.renameSync(`${place.at}/our`, `${place.path}/elsewhere`);
    Deno.symlinkSync(`${place.path}/elsewhere`, `${place.at}/our`);
    assertEquals(place.directory.read("our"), undefined);
    place.directory.write("our", "y");
    assertEquals(place.directory.read("our"), "y");
    assertEquals(Deno.readTextFileSync(`${place.path}/elsewhere`), "x");
  },
});

Deno.test("read(): reads a file of 8 MiB, and none that is longer", () => {
  using place = new Place();
  place.directory.write("our", "x");
  Deno.truncateSync(`${place.at}/our`, MAX_BYTES);
  assertEquals(place.directory.read("our")?.length, MAX_BYTES);
  Deno.truncateSync(`${place.at}/our`, MAX_BYTES + 1);
  assertEquals(place.directory.read("our"), undefined);
});

Deno.test("removeOlder(): removes our files from before a time, and no others", () => {
  using place = new Place();
  for (const name of ["our 1", "our 2", "their"]) {
    place.directory.write(name, "x");
  }
  Deno.utimeSync(`${place.at}/our 1`, 1, 99.999);
  Deno.utimeSync(`${place.at}/our 2`, 1, 100);
  Deno.utimeSync(`${place.at}/their`, 1, 1);
  place.directory.removeOlder(100_000);
  assertEquals(listing(place.at), ['our 2 = "x"', 'their = "x"']);
});

Deno.test("PrivateDirectory: keeps, finds and removes nothing without a directory", () => {
  using temporary = new TempDirectory();
  Deno.writeTextFileSync(`${temporary.path}/file`, "");
  for (const path of [undefined, `${temporary.path}/file`, "/dev/null/x"]) {
    const directory = new PrivateDirectory(path, OUR_NAME);
    directory.write("our", "x");
    assertEquals(directory.read("our"), undefined);
    directory.remove("our");
    directory.removeOlder(Date.now());
  }
  assertEquals(listing(temporary.path), ['file = ""']);
});

Deno.test("hashedName(): gives the SHA-256 hash of a key, a name that HASHED_NAMES knows", async () => {
  const name =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assertEquals(await hashedName("abc"), name);
  assert(HASHED_NAMES.test(name));
  assert(HASHED_NAMES.test(`${name}.${crypto.randomUUID()}`));
  for (const other of ["salt", "", name.slice(1), `${name}.`, `x${name}`]) {
    assert(!HASHED_NAMES.test(other), other);
  }
});
