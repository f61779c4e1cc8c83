import { assertEquals } from "@std/assert";
import {
  childDoor,
  peerTest,
  RUN_LAST,
  writeScript,
} from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { sentFiles } from "../support/scp/refusals.ts";

for (
  const [end, why] of [
    ["exit 1", "the remote ended with exit status 1"],
    ["exit 127", "there is no scp on the remote (exit status 127)"],
  ] as const
) {
  peerTest(
    `second session: a second session that ends with ${end} is a lost one, and no reason for SFTP`,
    childDoor.needs,
    async () => {
      await using door = await childDoor.open();
      using place = new Place(door);
      place.makeNear(
        [..."abcd"].map((name) => ({ path: `tree/${name}`, content: name })),
      );
      const [first, second] = sentFiles(`${place.near}/tree`);
      place.makeFar([{ path: `tree/${first!.path}/` }]);
      const program = writeScript(
        `${place.near}/ssh`,
        `echo run >> ${place.near}/runs
[ $(wc -l < ${place.near}/runs) -gt 1 ] && ${end}
cd ${door.home}
${RUN_LAST}`,
      );
      const { status, stderr } = await place.copy([
        "-B",
        "-S",
        program,
        "-r",
        "tree",
        place.remote("."),
      ]);
      const directory = place.far.split("/").at(-1);
      assertEquals(status, 1);
      // Which files did not arrive: the first of those that went ahead, and the rest.
      assertEquals(
        stderr,
        `scp: ${directory}/./tree/${first!.name}: Is a directory\n` +
          `far: tree/${
            second!.name
          } and 2 more after it: lost connection: ${why}\n`,
      );
      assertEquals(Deno.readTextFileSync(`${place.near}/runs`), "run\nrun\n");
    },
  );
}
