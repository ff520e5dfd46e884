/**
 * The files of a data directory. `snapshot` is the whole model at one moment, replaced by rename; `log-<n>` holds what was committed since snapshot n.
 * Both are sequences of frames: length, CRC-32, v8-serialised value. A frame that was cut by a crash is the last one, and is dropped.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { deserialize, serialize } from "node:v8";
import { crc32 } from "node:zlib";

const HEAD_BYTES = 8;

/** Directories that this process holds: a lock file with our own id is otherwise a leftover. */
const held = new Set<string>();

/** The directory cannot be used; the message says why and what to do. */
export class DataDirectoryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DataDirectoryError";
  }
}

interface SnapshotHead {
  readonly format: 1;
  readonly generation: number;
}
interface SnapshotEnd {
  readonly frames: number;
}

export class DataDirectory {
  private generation = 0;
  private log: number | undefined;
  /** Bytes in the log since the last snapshot. */
  logBytes = 0;

  private constructor(readonly path: string) {}

  /** Makes the directory when absent and takes it for this process. */
  static open(path: string): DataDirectory {
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw new DataDirectoryError(`data directory ${path}: ${(error as Error).message}`, { cause: error });
    }
    const directory = new DataDirectory(path);
    directory.lock();
    return directory;
  }

  /** Frames of the snapshot, then those of its log; none in a new directory. */
  *read(): Generator {
    const snapshot = this.file("snapshot");
    if (!existsSync(snapshot)) return;
    const frames = [...this.frames(readFileSync(snapshot)).values];
    const head = frames[0] as SnapshotHead | undefined;
    const end = frames.at(-1) as SnapshotEnd | undefined;
    if (head?.format !== 1 || end?.frames !== frames.length)
      throw new DataDirectoryError(
        `data directory ${this.path}: the snapshot is damaged or of another version; restore it or begin with an empty directory`,
      );
    this.generation = head.generation;
    yield* frames.slice(1, -1);
    const log = this.logFile(this.generation);
    if (!existsSync(log)) return;
    const { values, length } = this.frames(readFileSync(log));
    yield* values;
    // What a crash cut off must not stand before what is written next.
    const file = openSync(log, "r+");
    ftruncateSync(file, length);
    closeSync(file);
    this.logBytes = length;
  }

  get isNew(): boolean {
    return this.generation === 0;
  }

  /** Opens the log of the present generation for appending. */
  openLog(): void {
    if (this.log !== undefined) closeSync(this.log);
    this.log = openSync(this.logFile(this.generation), "a");
  }

  /** On disk when this returns. */
  append(value: unknown): void {
    const bytes = frame(value);
    writeAll(this.log!, bytes);
    fdatasyncSync(this.log!);
    this.logBytes += bytes.length;
  }

  /** The next generation: a whole snapshot, then an empty log. A crash in between leaves the one before. */
  replace(frames: Iterable<unknown>): void {
    const generation = this.generation + 1;
    const temporary = this.file("snapshot.new");
    const file = openSync(temporary, "w");
    let count = 2;
    writeAll(file, frame({ format: 1, generation } satisfies SnapshotHead));
    for (const value of frames) {
      writeAll(file, frame(value));
      count++;
    }
    writeAll(file, frame({ frames: count } satisfies SnapshotEnd));
    fsyncSync(file);
    closeSync(file);
    // A log of this number can only be left from an attempt that never became the snapshot.
    rmSync(this.logFile(generation), { force: true });
    renameSync(temporary, this.file("snapshot"));
    this.syncDirectory();
    this.generation = generation;
    this.logBytes = 0;
    this.openLog();
    for (const name of readdirSync(this.path))
      if (/^log-\d+$/.test(name) && name !== `log-${generation}`) rmSync(join(this.path, name));
  }

  readText(name: string): string | undefined {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), "utf8") : undefined;
  }
  /** Readable by the owner only. */
  writeText(name: string, text: string): void {
    writeFileSync(this.file(name), text, { mode: 0o600 });
  }

  close(): void {
    if (this.log !== undefined) closeSync(this.log);
    this.log = undefined;
    held.delete(resolve(this.file("lock")));
    rmSync(this.file("lock"), { force: true });
  }

  private file(name: string): string {
    return join(this.path, name);
  }
  private logFile(generation: number): string {
    return this.file(`log-${generation}`);
  }

  /** One process at a time. A lock whose process is gone is taken over. */
  private lock(): void {
    const lock = resolve(this.file("lock"));
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        writeFileSync(lock, String(process.pid), { flag: "wx" });
        held.add(lock);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST")
          throw new DataDirectoryError(`data directory ${this.path}: ${(error as Error).message}`, { cause: error });
      }
      const owner = Number(readFileSync(lock, "utf8"));
      if (held.has(lock) || (owner !== process.pid && isAlive(owner)))
        throw new DataDirectoryError(
          `data directory ${this.path} is in use by process ${owner}; end it, or take another directory`,
        );
      rmSync(lock, { force: true });
    }
    throw new DataDirectoryError(`data directory ${this.path} is being taken by another process`);
  }

  private syncDirectory(): void {
    // Windows has no handle of a directory to sync.
    if (process.platform === "win32") return;
    const directory = openSync(this.path, "r");
    fsyncSync(directory);
    closeSync(directory);
  }

  private frames(bytes: Buffer): { values: unknown[]; length: number } {
    const values: unknown[] = [];
    let at = 0;
    while (at + HEAD_BYTES <= bytes.length) {
      const length = bytes.readUInt32LE(at);
      const body = bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
      if (body.length < length || crc32(body) !== bytes.readUInt32LE(at + 4)) break;
      values.push(deserialize(body));
      at += HEAD_BYTES + length;
    }
    return { values, length: at };
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function frame(value: unknown): Buffer {
  const body = serialize(value);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(body.length, 0);
  head.writeUInt32LE(crc32(body), 4);
  return Buffer.concat([head, body]);
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
