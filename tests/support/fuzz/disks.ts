import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { MemoryFileSystem } from "../file_systems/memory_file_system.ts";
import { KEPT, type TargetKind, type World } from "./world.ts";

/** Files with a target in them. */
export interface Disk {
  readonly files: FileSystem;
  readonly target: string;
}

/** On this machine's disk. */
export function realDisk(world: World, kind: TargetKind): Disk {
  return { files: new LocalFileSystem(), target: world.makeTarget(kind) };
}

/** The same in memory. */
export function memoryDisk(kind: TargetKind): Disk {
  const files = new MemoryFileSystem();
  files.addDirectory("/m");
  if (kind === "file") files.addFile("/m/t", KEPT);
  if (kind === "directory") {
    files.addDirectory("/m/t");
    files.addDirectory("/m/t/sub");
    files.addFile("/m/t/kept", KEPT);
  }
  return { files, target: kind === "nowhere" ? "/m/t/no/target" : "/m/t" };
}
