import { assertEquals } from "@std/assert";
import type { SentDirectory } from "../../../lib/scp/sent_entry.ts";
import {
  isWhole,
  unitsOfPaths,
  unitsOfPlan,
  UploadQueue,
} from "../../../lib/scp/upload_units.ts";

/** Gives a planned directory of the source `/s/top`. */
function planned(path: string) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return { source: `/s/top${path}`, name, path, mode: 0o755, group: 0 };
}

Deno.test("unitsOfPlan(): makes a unit of each directory, which knows the one above it", () => {
  const units = unitsOfPlan(["", "/a", "/b", "/a/b"].map(planned));
  assertEquals(
    units.map(({ path, above }) => [path, above?.path]),
    [
      ["/s/top", undefined],
      ["/s/top/a", "/s/top"],
      ["/s/top/b", "/s/top"],
      ["/s/top/a/b", "/s/top/a"],
    ],
  );
});

Deno.test("isWhole(): is true once a sink has acknowledged the file, or has left the directory", () => {
  const [file, directory] = unitsOfPaths(["f", "d/"]);
  const step = { kind: "file", path: "f", name: "f", directory: undefined };
  file!.files.set("f", { ...step, kind: "file" });
  assertEquals(isWhole(file!), false);
  file!.files.set("f", { ...step, kind: "file", isAcknowledged: true });
  assertEquals(isWhole(file!), true);
  assertEquals([directory!.path, isWhole(directory!)], ["d", false]);
  directory!.directory = { isLeft: true } as SentDirectory;
  assertEquals(isWhole(directory!), true);
});

Deno.test("UploadQueue: is over once every source has waited for more in vain", async () => {
  const queue = new UploadQueue(unitsOfPaths(["a", "b"]));
  queue.join();
  queue.join();
  assertEquals([queue.take()?.path, queue.take()?.path], ["a", "b"]);
  assertEquals(queue.take(), undefined);
  const first = queue.more();
  assertEquals(queue.isOver, false);
  assertEquals(await queue.more(), false);
  assertEquals(await first, false);
  assertEquals(queue.isOver, true);
  await queue.over;
});

Deno.test("UploadQueue: wakes a source that waits for units that come back", async () => {
  const queue = new UploadQueue(unitsOfPaths(["a", "b", "c"]));
  queue.join();
  queue.join();
  queue.take();
  const taken = [queue.take()!, queue.take()!];
  const more = queue.more();
  queue.giveBack(taken);
  assertEquals(await more, true);
  assertEquals([queue.take()?.path, queue.take()?.path], ["b", "c"]);
  assertEquals(await queue.more(), false);
});

Deno.test("UploadQueue: is not over where the last source gives units back", () => {
  const queue = new UploadQueue(unitsOfPaths(["a", "b"]));
  queue.join();
  queue.giveBack([queue.take()!]);
  assertEquals(queue.isOver, false);
  assertEquals(queue.waiting.map(({ path }) => path), ["a", "b"]);
});

Deno.test("UploadQueue: is over where the last source is lost with whole units alone", async () => {
  const queue = new UploadQueue(unitsOfPaths(["a"]));
  queue.join();
  queue.join();
  queue.take();
  const more = queue.more();
  queue.giveBack([]);
  assertEquals(await more, false);
});
