import { removeTree } from "./tree.ts";

/** An empty directory of a test's own, which goes with it. */
export class TempDirectory implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "seacp-test-" });

  [Symbol.dispose](): void {
    removeTree(this.path);
  }
}
