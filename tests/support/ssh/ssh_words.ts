/** Arguments that ssh gets before all others, whatever is asked of it. */
export const FIXED_WORDS: readonly string[] = [
  "-x",
  "-oPermitLocalCommand=no",
  "-oClearAllForwardings=yes",
  "-oRemoteCommand=none",
  "-oRequestTTY=no",
  "-oControlMaster=no",
];
