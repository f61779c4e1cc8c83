/** Files that are here already, whose records a sink refuses. */

import { assertEquals } from "@std/assert";
import type { PresentFiles } from "../../../lib/scp/present_files.ts";
import type { SinkOptions } from "../../../lib/scp/sink.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { receive } from "../../support/scp/scripted_sink.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

/** Acknowledgements that leave once the source is in a directory. */
const WINDOW = "\0".repeat(2048);

/** Reply to a record that is refused. */
const REFUSED = "\x01scp: it is there\n";

/** Files that are here, by their names, until each of them was refused. */
class Present implements PresentFiles {
  /** What was asked, in its order. */
  readonly asked: string[] = [];
  readonly #left: Set<string>;
  readonly #root: string;

  constructor(root: string, ...names: readonly string[]) {
    this.#root = root;
    this.#left = new Set(names);
  }

  get mayRefuse(): boolean {
    return this.#left.size > 0;
  }

  enter(path: string): void {
    this.asked.push(`enter ${path.slice(this.#root.length + 1)}`);
  }

  async refusalOf(
    { path, name, mode, size, times }: Parameters<
      PresentFiles["refusalOf"]
    >[0],
  ): Promise<string | undefined> {
    const place = path.slice(this.#root.length + 1);
    const octal = mode.toString(8);
    this.asked.push(`${place} ${octal} ${size} ${times?.modified ?? "-"}`);
    return this.#left.delete(name) ? "it is there" : undefined;
  }
}

/** Receives a dialogue; gives what was asked of the files that are here. */
async function receiveBeside(
  peer: ScriptedPeer,
  names: readonly string[],
  options: Partial<SinkOptions> = {},
): Promise<{ asked: string[]; here: string[]; failures: readonly string[] }> {
  using directory = new TempDirectory();
  const present = new Present(directory.path, ...names);
  const { failures } = await receive(peer, directory.path, {
    ackPolicy: "window",
    ...options,
    present,
  });
  return { asked: present.asked, here: listing(directory.path), failures };
}

Deno.test("Sink: refuses a file that is here, and reports no failure", async () => {
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 3 f\n")
    .weSay(REFUSED);
  assertEquals(await receiveBeside(peer, ["f"]), {
    asked: ["f 644 3 -"],
    here: [],
    failures: [],
  });
});

Deno.test("Sink: gives no acknowledgement in advance that the record of a file to be refused could take, and a window behind the last one", async () => {
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("T1 0 1 0\n")
    .weSay("\0").peerSays("D0755 0 d\n")
    .weSay("\0").peerSays("T5 0 5 0\n")
    .weSay("\0").peerSays("C0600 1 a\n")
    .weSay(REFUSED).peerSays("D0755 0 e\n")
    .weSay("\0").peerSays("C0644 1 b\n")
    // The reply to a body is certain to be due.
    .weSay("\0\0").peerSays("b\0C0644 1 c\n")
    .weSay(REFUSED).peerSays("E\n")
    .weSay("\0" + WINDOW).peerSays("C0644 1 g\ng\0E\n");
  const { asked, here, failures } = await receiveBeside(peer, ["a", "c"]);
  assertEquals(asked, [
    "enter d",
    "d/a 600 1 5000",
    "d/e/b 644 1 -",
    "d/e/c 644 1 -",
  ]);
  assertEquals(here, ["d/", "d/e/", 'd/e/b = "b"', 'd/g = "g"']);
  assertEquals(failures, []);
});

Deno.test("Sink: does not ask for a file whose record was acknowledged in advance", async () => {
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 d\n")
    .weSay("\0" + WINDOW).peerSays("C0644 1 f\nf\0E\n");
  const { asked, here } = await receiveBeside(peer, []);
  assertEquals(asked, ["enter d"]);
  assertEquals(here, ["d/", 'd/f = "f"']);
});
