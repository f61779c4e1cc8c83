/**
 * Whether every far shell takes a path for one word, and for nothing but that
 * path: it expands nothing in it but a home folder.
 */
export function isPlainPath(path: string): boolean {
  return /^[\w./~+,:@%=-]*$/.test(path);
}
