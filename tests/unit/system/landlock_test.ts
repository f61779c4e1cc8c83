import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const LIBRARY = ["beneath", "landlock", "entries", "libc"].map((name) =>
  new URL(`../../../lib/system/${name}.ts`, import.meta.url).href
);

/** Program that confines its thread and then opens paths by the C library. */
const PROGRAM = `
const [beneath, landlock, entries, libc] = await Promise.all(
  ${JSON.stringify(LIBRARY)}.map((each) => import(each)));
const [directory, ...paths] = Deno.args;
const bytes = (path) => new TextEncoder().encode(path + "\\0");
const root = beneath.openRoot(bytes(directory));
const inForce = landlock.confineThread(root, { mayWrite: false });
const tell = (flags) => paths.map((path) => {
  try {
    libc.checked(() => entries.entryCalls().open(bytes(path), flags, 0o600));
    return "opened";
  } catch (error) {
    return error.message;
  }
});
console.log(JSON.stringify([inForce, tell(0), tell(1)]));
`;

testUnless(
  lacksLinuxLibrary,
  "confineThread() has the kernel refuse what is outside, and all writing where none is allowed",
  async () => {
    using directory = new TempDirectory();
    const inside = `${directory.path}/inside`;
    Deno.mkdirSync(inside);
    Deno.writeTextFileSync(`${inside}/f`, "");
    Deno.writeTextFileSync(`${directory.path}/secret`, "");
    const program = `${directory.path}/program.js`;
    Deno.writeTextFileSync(program, PROGRAM);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--no-check", "--quiet", "--config"],
        fileURLToPath(new URL("../../../deno.json", import.meta.url)),
        ...[program, inside, `${inside}/f`, `${directory.path}/secret`],
      ],
    }).output();
    const [inForce, reads, writes] = JSON.parse(
      new TextDecoder().decode(stdout),
    );
    // A kernel without Landlock says so, and refuses nothing.
    if (inForce) {
      assertEquals(reads, ["opened", "Permission denied"]);
      assertEquals(writes, ["Permission denied", "Permission denied"]);
    } else assertEquals([reads, writes].flat().includes("opened"), true);
  },
);
