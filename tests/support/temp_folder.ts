import { removeTree } from "./tree.ts";

/** An empty folder of a test's own, which goes with it. */
export class TempFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "seacp-test-" });

  [Symbol.dispose](): void {
    removeTree(this.path);
  }
}
