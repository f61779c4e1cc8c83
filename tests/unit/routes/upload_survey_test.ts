import { assertEquals } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type {
  CopyJob,
  CopyOptions,
} from "../../../lib/options/copy_options.ts";
import { filterRulesOf } from "../../../lib/routes/filters.ts";
import { surveyOf } from "../../../lib/routes/upload_survey.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

Deno.test("surveyOf(): leaves out directories that a filter excludes", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "top/src/a.c", content: "a" },
    { path: "top/src/a.o", content: "a" },
    { path: "top/build/x/b.o", content: "b" },
  ]);
  const files = new LocalFileSystem();
  const options = { recursive: true, jobs: 1 } as CopyOptions;
  const survey = async (...excluded: readonly string[]) => {
    const filters = excluded.map((value) =>
      ({ kind: "exclude", value }) as const
    );
    const rules = excluded.length === 0
      ? undefined
      : await filterRulesOf(files, { filters });
    const job = { options } as CopyJob;
    const found = await surveyOf([`${directory.path}/top`], { path: "" }, {
      files,
      rules,
      job,
    });
    return found!.directories.map(({ path }) => path).toSorted();
  };
  const all = ["", "/build", "/build/x", "/src"];
  assertEquals(await survey(), all);
  assertEquals(await survey("*.o"), all);
  assertEquals(await survey("/build"), ["", "/src"]);
});
