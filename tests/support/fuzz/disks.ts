import type { Files } from "../../../lib/filesystem/file_system.ts";
import { LocalFiles } from "../../../lib/disk/local_files.ts";
import { MemoryFiles } from "./memory_files.ts";
import { KEPT, type TargetKind, type World } from "./world.ts";

/** Files with a target in them. */
export interface Disk {
  readonly files: Files;
  readonly target: string;
}

/** On this machine's disk. */
export function realDisk(world: World, kind: TargetKind): Disk {
  return { files: new LocalFiles(), target: world.makeTarget(kind) };
}

/** The same in memory. */
export function memoryDisk(kind: TargetKind): Disk {
  const files = new MemoryFiles();
  files.addFolder("/m");
  if (kind === "file") files.addFile("/m/t", KEPT.length);
  if (kind === "folder") {
    files.addFolder("/m/t");
    files.addFolder("/m/t/sub");
    files.addFile("/m/t/kept", KEPT.length);
  }
  return { files, target: kind === "nowhere" ? "/m/t/no/target" : "/m/t" };
}
