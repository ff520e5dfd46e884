/** Options of the twin and what is wrong with them. */
import { isIP } from "node:net";
import type { StandIns } from "./clr/stand-ins";
import { MAX_PACKET_SIZE, MIN_PACKET_SIZE } from "./server/protocol";
import { validCollation } from "./types/collation";

export const PLATFORMS = ["linux", "windows"] as const;
export const VERSIONS = ["2019", "2022", "2025"] as const;
export const EDITIONS = ["Developer", "Enterprise", "Standard", "Express", "Web"] as const;

export interface TwinOptions {
  /**
   * Password of the login sa. The rule of SQL Server's policy holds: 8 to 128 characters of at least three of the kinds upper case, lower case,
   * digit, other. It is set at every start, for a data directory that exists too.
   * https://learn.microsoft.com/sql/relational-databases/security/password-policy
   */
  readonly password: string;
  /** TCP port, 0 to 65535; 0 takes a free one. Default 0. */
  readonly port?: number;
  /** Address to listen on. Default 127.0.0.1: reachable from this machine only. */
  readonly host?: string;
  /** What the server says that it runs on; CLR and FILESTREAM rules follow. Default linux. */
  readonly platform?: (typeof PLATFORMS)[number];
  /** Default 2025. */
  readonly version?: (typeof VERSIONS)[number];
  /** Default Developer. */
  readonly edition?: (typeof EDITIONS)[number];
  /** Server collation. Default SQL_Latin1_General_CP1_CI_AS. A data directory keeps the one that it was made with. */
  readonly collation?: string;
  /** @@SERVERNAME. Default sqlserver-twin. */
  readonly serverName?: string;
  /** Data survives in this directory, which is made when absent. Without one everything is gone at the end. */
  readonly dataDirectory?: string;
  /** Added to every request before its answer, in ms, 0 to 60000. Default 0. */
  readonly latencyMs?: number;
  /** Largest packet that a client may ask for, 512 to 32767 bytes. Default 32767. */
  readonly packetSize?: number;
  /** Largest request, in bytes. Default 512 MiB. A larger one ends its connection. */
  readonly maxMessageBytes?: number;
  /** A client that has not logged in after this many ms is cut. Default 30000. */
  readonly loginTimeoutMs?: number;
  /**
   * What CLR routines run, since the twin runs no .NET code: TypeScript by "assembly.Namespace.Class.Method" (an aggregate: by its class).
   * Default: none; a call is then error 49999 with the name that is missing. More can be added with `Twin.registerClr`.
   */
  readonly clr?: StandIns;
  /** Gets one line per connection error, refused login or internal error. Default: nothing is written. */
  readonly log?: (line: string) => void;
}

/** An option has a value that it cannot have. */
export class TwinOptionError extends Error {
  constructor(
    readonly option: string,
    message: string,
  ) {
    super(message);
    this.name = "TwinOptionError";
  }
}

export type CompleteOptions = Required<Omit<TwinOptions, "dataDirectory">> & Pick<TwinOptions, "dataDirectory">;

export function completeOptions(given: TwinOptions): CompleteOptions {
  const options: CompleteOptions = {
    port: 0,
    host: "127.0.0.1",
    platform: "linux",
    version: "2025",
    edition: "Developer",
    collation: "SQL_Latin1_General_CP1_CI_AS",
    serverName: "sqlserver-twin",
    latencyMs: 0,
    packetSize: MAX_PACKET_SIZE,
    maxMessageBytes: 512 * 1024 * 1024,
    loginTimeoutMs: 30_000,
    log: () => undefined,
    clr: {},
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    password: given.password,
  };
  wholeNumber("port", options.port, 0, 65_535);
  wholeNumber("latencyMs", options.latencyMs, 0, 60_000);
  wholeNumber("packetSize", options.packetSize, MIN_PACKET_SIZE, MAX_PACKET_SIZE);
  wholeNumber("maxMessageBytes", options.maxMessageBytes, MAX_PACKET_SIZE, 2 ** 31 - 1);
  wholeNumber("loginTimeoutMs", options.loginTimeoutMs, 1, 3_600_000);
  oneOf("platform", options.platform, PLATFORMS);
  oneOf("version", options.version, VERSIONS);
  oneOf("edition", options.edition, EDITIONS);
  if (!isIP(options.host) && !/^[A-Za-z0-9.-]+$/.test(options.host))
    throw new TwinOptionError("host", `host ${options.host} is neither an address nor a name`);
  if (!validCollation(options.collation))
    throw new TwinOptionError("collation", `collation ${options.collation} is not known to the twin`);
  checkPassword(options.password);
  return options;
}

function wholeNumber(option: string, value: number, minimum: number, maximum: number): void {
  if (!Number.isInteger(value) || value < minimum || value > maximum)
    throw new TwinOptionError(option, `${option} is ${value}; give ${minimum} to ${maximum}`);
}

function oneOf(option: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw new TwinOptionError(option, `${option} is ${value}; give one of ${allowed.join(", ")}`);
}

function checkPassword(password: string): void {
  const rule = "8 to 128 characters of at least three of the kinds upper case, lower case, digit, other";
  if (typeof password !== "string" || password === "")
    throw new TwinOptionError("password", `password is missing; give ${rule}`);
  const kinds = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u].filter((kind) => kind.test(password)).length;
  if (password.length < 8 || password.length > 128 || kinds < 3)
    throw new TwinOptionError("password", `password is too simple; give ${rule}`);
}
