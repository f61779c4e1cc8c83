const beyondAscii = /[\u0080-\uffff]/;
const ignorable = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * The same text for paths that some disk may take for the same: disks differ in
 * whether case counts, in how they compose letters and in what they pass over.
 */
export function keyOf(path: string): string {
  if (!beyondAscii.test(path)) return path.toLowerCase();
  // Capitals first: ß and SS, long and final s are the same to some.
  return path.replace(ignorable, "").normalize("NFC").toUpperCase()
    .toLowerCase().normalize("NFC");
}

/** The same for one name: Windows drops dots and blanks at the end, too. */
export function nameKeyOf(name: string): string {
  return keyOf(name.replace(/(?<=[^. ])[. ]+$/, ""));
}
