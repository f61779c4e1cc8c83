/** Differences between the C libraries whose calls are made. */

/**
 * Names and numbers of one library. The numbers are its headers': Linux's are
 * those of glibc on x86_64 and aarch64, where they are the same; macOS's those of
 * XNU's bsd/sys. Numbers that both share stand where they are used.
 */
export interface Abi {
  /** File of the library, as the loader knows it. */
  readonly library: string;
  /** Function that gives the address of the calling thread's `errno`. */
  readonly errnoFunction: string;
  /** Function that makes a pipe; one without `O_CLOEXEC` ignores that argument. */
  readonly pipeFunction: string;
  /** Of <fcntl.h>, as the next two. */
  readonly O_NONBLOCK: number;
  readonly O_NOCTTY: number;
  /** Absent where a descriptor is inherited until FD_CLOEXEC is set. */
  readonly O_CLOEXEC?: number;
  /** Of <errno.h>, as the next one. */
  readonly EAGAIN: number;
  readonly ECONNRESET: number;
  /** Of <sys/socket.h>, as the next four. */
  readonly SOL_SOCKET: number;
  readonly SO_SNDBUF: number;
  readonly SO_RCVTIMEO: number;
  readonly MSG_DONTWAIT: number;
  readonly MSG_WAITALL: number;
  /** Of <fcntl.h>; absent where the size of a pipe is the system's choice. */
  readonly F_SETPIPE_SZ?: number;
  /** Of <signal.h>. */
  readonly SIGCHLD: number;
  /** Of <sys/wait.h>. */
  readonly WNOWAIT: number;
}

const ABIS: Readonly<Record<string, Abi>> = {
  linux: {
    library: "libc.so.6",
    errnoFunction: "__errno_location",
    pipeFunction: "pipe2",
    O_NONBLOCK: 0o4000,
    O_NOCTTY: 0o400,
    O_CLOEXEC: 0o2000000,
    EAGAIN: 11,
    ECONNRESET: 104,
    SOL_SOCKET: 1,
    SO_SNDBUF: 7,
    SO_RCVTIMEO: 20,
    MSG_DONTWAIT: 0x40,
    MSG_WAITALL: 0x100,
    F_SETPIPE_SZ: 1031,
    SIGCHLD: 17,
    WNOWAIT: 0x01000000,
  },
  darwin: {
    // No file since macOS 11: the loader has it in its cache, under this path.
    library: "/usr/lib/libSystem.B.dylib",
    errnoFunction: "__error",
    pipeFunction: "pipe",
    O_NONBLOCK: 0x4,
    O_NOCTTY: 0x20000,
    EAGAIN: 35,
    ECONNRESET: 54,
    SOL_SOCKET: 0xffff,
    SO_SNDBUF: 0x1001,
    SO_RCVTIMEO: 0x1006,
    MSG_DONTWAIT: 0x80,
    MSG_WAITALL: 0x40,
    SIGCHLD: 20,
    WNOWAIT: 0x20,
  },
};

/** This system's; Linux's on a system whose library is not called. */
export const abi: Abi = ABIS[Deno.build.os] ?? ABIS["linux"]!;
