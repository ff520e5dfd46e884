/**
 * Where the servers are and how to log in: `sqlserver:servers` (secret stack configuration) or environment variables,
 * by server name. Never inputs, never state.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { ConfigurationError } from "../errors";

const port = z.number().int().min(1).max(65535);
const seconds = z.number().int().min(1).max(86_400);

export const ServerSettings = z
  .strictObject({
    host: z.string().min(1).describe("Host name or address of the server."),
    port: port.optional().describe("TCP port. Default 1433; not together with `instance`."),
    instance: z.string().min(1).optional().describe("Named instance, found by the SQL Server Browser."),
    user: z.string().min(1).optional().describe("SQL login, or the client id for Entra ID service principals."),
    password: z.string().optional().describe("Its password or client secret."),
    domain: z.string().optional().describe("Windows domain: integrated authentication by NTLM with user and password."),
    authentication: z
      .enum([
        "sql",
        "ntlm",
        "azure-active-directory-default",
        "azure-active-directory-password",
        "azure-active-directory-service-principal-secret",
        "azure-active-directory-msi-vm",
      ])
      .optional()
      .describe('How to log in. Default "sql"; "ntlm" when a domain is given.'),
    tenantId: z.string().optional().describe("Entra ID tenant."),
    encrypt: z.boolean().optional().describe("TLS for the whole connection. Default true."),
    trustServerCertificate: z.boolean().optional().describe("Accept any certificate. Default false: it is verified."),
    certificateAuthority: z
      .string()
      .optional()
      .describe("PEM text of the authority that signed the server's certificate."),
    connectTimeoutSeconds: seconds.optional().describe("Default 15."),
    lockWaitSeconds: seconds
      .optional()
      .describe("How long an apply waits for another apply on the same database. Default 120."),
    objectLockSeconds: seconds
      .optional()
      .describe("LOCK_TIMEOUT of every statement and read: how long it waits for users of an object. Default 60."),
  })
  .refine((value) => value.port === undefined || value.instance === undefined, {
    message: "give port or instance, not both",
    path: ["instance"],
  });
export type ServerSettings = z.infer<typeof ServerSettings>;

/** What Pulumi hands to `configure`: only the reading of a key matters. */
export interface ConfigurationSource {
  get(key: string): string | undefined;
}

export interface Configuration {
  /** Throws ConfigurationError, which shows the command to type. */
  server(name: string): ServerSettings;
  /** `sqlserver:passwords`: a password of a login or user by name. Throws ConfigurationError, which never holds one. */
  secret(name: string): string;
  /** `sqlserver:allow`: hazards that the whole stack consents to. */
  readonly allow: readonly string[];
}

/** SQLSERVER_HART_SERVER for the server "hart-server". */
export function environmentVariable(name: string): string {
  return `SQLSERVER_${name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
}

/** SQLSERVER_PASSWORD_APP for the password "app". */
export function passwordVariable(name: string): string {
  return environmentVariable(`password_${name}`);
}

/** Of SQL logins and of users with a password. https://learn.microsoft.com/sql/t-sql/statements/create-login-transact-sql */
const passwordLength = { minimum: 8, maximum: 128 };

export function readConfiguration(source: ConfigurationSource, environment: NodeJS.ProcessEnv): Configuration {
  const servers = parseServers(source.get("sqlserver:servers"));
  const passwords = source.get("sqlserver:passwords");
  return {
    secret(name) {
      const value = parsePasswords(passwords)?.[name] ?? environment[passwordVariable(name)];
      const remedy = `Type\n  ${passwordCommand(name)}\nor set the environment variable ${passwordVariable(name)}`;
      if (value === undefined || value === "")
        throw new ConfigurationError(`password "${name}": no such password in the configuration. ${remedy}`);
      if (value.length < passwordLength.minimum || value.length > passwordLength.maximum || value.includes("\0"))
        throw new ConfigurationError(
          `password "${name}": a password has ${passwordLength.minimum} to ${passwordLength.maximum} characters, none of them U+0000. ${remedy}`,
        );
      return value;
    },
    allow: parseAllow(source.get("sqlserver:allow")),
    server(name) {
      const settings = servers === undefined ? undefined : servers[name];
      if (settings !== undefined) return parseSettings(name, settings);
      const variable = environmentVariable(name);
      const url = environment[variable];
      if (url) return parseUrl(url, variable);
      const known = servers === undefined ? [] : Object.keys(servers);
      throw new ConfigurationError(
        `server "${name}": no such server in the configuration${known.length ? ` (there are ${known.map((k) => `"${k}"`).join(", ")})` : ""}. Type\n` +
          `  ${command(name)}\n` +
          `or set the environment variable ${variable} to mssql://user:password@host:1433`,
      );
    },
  };
}

function command(name: string): string {
  return `pulumi config set --secret sqlserver:servers '${JSON.stringify({ [name]: { host: "...", user: "...", password: "..." } })}'`;
}

function passwordCommand(name: string): string {
  return `pulumi config set --secret --path 'sqlserver:passwords.${name}' '...'`;
}

/** No error may quote the text or a part of it. */
function parsePasswords(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  const wrong = new ConfigurationError(
    `sqlserver:passwords is not a JSON object of texts. Type\n  ${passwordCommand("app")}`,
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong;
  }
  const result = z.record(z.string(), z.string()).safeParse(value);
  if (!result.success) throw wrong;
  return result.data;
}

/** The text may hold a password, so no error may quote it. */
function parseServers(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigurationError(`sqlserver:servers is not JSON. Type\n  ${command("my-server")}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ConfigurationError(
      `sqlserver:servers is not an object with one member per server. Type\n  ${command("my-server")}`,
    );
  return value as Record<string, unknown>;
}

function parseSettings(name: string, value: unknown): ServerSettings {
  const result = ServerSettings.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${[name, ...issue.path].join(".")}: ${issue.message}`);
  throw new ConfigurationError(`sqlserver:servers is wrong:\n${problems.join("\n")}\nType\n  ${command(name)}`);
}

function parseUrl(text: string, variable: string): ServerSettings {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ConfigurationError(`${variable} is not a URL like mssql://user:password@host:1433`);
  }
  if (!/^(mssql|sqlserver):$/.test(url.protocol) || url.hostname === "")
    throw new ConfigurationError(`${variable} is not a URL like mssql://user:password@host:1433`);
  const authority = url.searchParams.get("certificateAuthorityFile");
  const flag = (key: string): boolean | undefined => {
    const value = url.searchParams.get(key);
    return value === null ? undefined : /^(true|yes|1)$/i.test(value);
  };
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    ...(url.port ? { port: Number(url.port) } : {}),
    ...(url.username ? { user: decodeURIComponent(url.username) } : {}),
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
    encrypt: flag("encrypt") ?? true,
    trustServerCertificate: flag("trustServerCertificate") ?? false,
    ...(authority === null ? {} : { certificateAuthority: readFileSync(authority, "utf8") }),
  };
}

/** A JSON list, or one consent per line or comma. */
function parseAllow(text: string | undefined): readonly string[] {
  if (text === undefined || text.trim() === "") return [];
  if (!text.trim().startsWith("["))
    return text
      .split(/[\n,]/)
      .map((part) => part.trim())
      .filter(Boolean);
  const result = z.array(z.string()).safeParse(JSON.parse(text));
  if (!result.success)
    throw new ConfigurationError('sqlserver:allow is not a list of texts like "data-loss:dbo.Orders.Note"');
  return result.data;
}
