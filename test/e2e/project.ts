/**
 * A Pulumi project in a directory of its own below .local/e2e, with its own state, driven by the real CLI against a twin in
 * this process or the server that SQLSERVER_URL names. Answers are the CLI's JSON; everything that it printed is kept, so that a test can look for secrets in it.
 */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import type { ServerSettings } from "../../provider/src/engine/configuration";
import type { Connection, ResultRow } from "../../provider/src/engine/connection";
import { TestServer, type Needs } from "../server";

const requireScript = createRequire(__filename);
const { toolchain } = requireScript("../../scripts/toolchain") as { toolchain(): Promise<string> };
const { environment } = requireScript("../../scripts/environment") as {
  environment(cliDirectory: string): NodeJS.ProcessEnv;
};

const home = resolve(__dirname, "..", "..", ".local", "e2e");
/** A command that hangs is ended, and then fails its test. */
const commandSeconds = 150;

/** What a URL must escape stands in it, so that it is looked for in both forms. */
const password = "E2e-p@ss w0rd/77";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  /** Everything that was printed. */
  readonly text: string;
}

export interface StepState {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly protect?: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: StepState;
  readonly oldState?: StepState;
}
export interface Preview extends Outcome {
  readonly steps: readonly Step[];
  readonly changes: Readonly<Record<string, number>>;
  /** The T-SQL of each resource that changes, by its name in the program. */
  readonly plans: Readonly<Record<string, string>>;
}

export interface Checkpoint {
  readonly version: number;
  readonly deployment: { readonly resources?: StoredResource[]; readonly pending_operations?: unknown[] } & Record<
    string,
    unknown
  >;
}
export interface StoredResource {
  readonly urn: string;
  readonly type: string;
  id?: string;
  protect?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** The last part of an URN: the name in the program. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

export interface ProjectOptions {
  /** What the server must have; where it does not, the suite of the context is skipped. */
  readonly needs?: Needs;
  readonly context?: Mocha.Context;
  /** Texts of Pulumi.<stack>.yaml below `config:`. */
  readonly stack?: string;
  /** Name in Pulumi.yaml. Default the name of the directory. */
  readonly project?: string;
  /** More environment variables; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export class Project {
  private readonly printed: string[] = [];
  private readonly running = new Set<ChildProcess>();

  private constructor(
    readonly name: string,
    readonly directory: string,
    readonly stack: string,
    readonly server: TestServer,
    private readonly cli: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** The server is called "test" in programs. */
  static async create(name: string, options: ProjectOptions = {}): Promise<Project> {
    const cli = await toolchain();
    const server = await TestServer.start(password, options.needs, options.context);
    const directory = join(home, name);
    rmSync(directory, { recursive: true, force: true });
    for (const part of ["state", "home"]) mkdirSync(join(directory, part), { recursive: true });
    const { certificateAuthority } = server.settings;
    if (certificateAuthority !== undefined) writeFileSync(certificateOf(directory), certificateAuthority);
    const variables: NodeJS.ProcessEnv = {
      ...environment(dirname(cli)),
      PULUMI_HOME: join(directory, "home"),
      PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "end-to-end",
      SQLSERVER_URL: undefined,
      SQLSERVER_TEST: url(server.settings, directory),
      ...options.environment,
    };
    const project = new Project(name, directory, options.stack ?? "test", server, cli, variables);
    project.write("Pulumi.yaml", `name: ${options.project ?? name}\nruntime: nodejs\n`);
    project.write("package.json", JSON.stringify({ name, private: true, main: "index.js" }));
    await project.expect(["stack", "init", project.stack]);
    return project;
  }

  /** Of the server, for the configuration `sqlserver:servers`. */
  get settings(): ServerSettings {
    return this.server.settings;
  }

  /** One more stack of the same program and state; commands name it by --stack. */
  async addStack(name: string): Promise<void> {
    await this.expect(["stack", "init", name, "--no-select"]);
  }

  async close(): Promise<void> {
    for (const child of this.running) child.kill("SIGKILL");
    await this.server.close();
  }

  /** Writes a file of the project; text is UTF-8. */
  write(file: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.directory, file)), { recursive: true });
    writeFileSync(join(this.directory, file), content);
  }

  remove(file: string): void {
    rmSync(join(this.directory, file));
  }

  /** The program: JavaScript that sees `sqlserver`, `pulumi` and `server`. */
  program(body: string): void {
    this.write(
      "index.js",
      `const sqlserver = require("pulumi-sqlserver");\nconst pulumi = require("@pulumi/pulumi");\nconst server = "test";\n${body}\n`,
    );
  }

  // ---- The CLI ----------------------------------------------------------------------------------------------------------

  /** Starts a command; the promise never fails, whatever the exit code. */
  start(
    args: readonly string[],
    variables: Readonly<Record<string, string | undefined>> = {},
  ): { readonly child: ChildProcess; readonly outcome: Promise<Outcome> } {
    const child = spawn(this.cli, [...args, "--non-interactive", "--color", "never"], {
      cwd: this.directory,
      env: { ...this.environment, ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.running.add(child);
    const timer = setTimeout(() => child.kill("SIGKILL"), commandSeconds * 1000);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (data: string) => (stdout += data));
    child.stderr.setEncoding("utf8").on("data", (data: string) => (stderr += data));
    const outcome = new Promise<Outcome>((done, fail) => {
      child.on("error", fail);
      child.on("close", (code) => {
        clearTimeout(timer);
        this.running.delete(child);
        this.printed.push(stdout, stderr);
        done({ code: code ?? -1, stdout, text: `${stdout}\n${stderr}` });
      });
    });
    return { child, outcome };
  }

  run(args: readonly string[], variables?: Readonly<Record<string, string | undefined>>): Promise<Outcome> {
    return this.start(args, variables).outcome;
  }

  /** Runs a command that must succeed. */
  async expect(args: readonly string[], variables?: Readonly<Record<string, string | undefined>>): Promise<Outcome> {
    const outcome = await this.run(args, variables);
    assert.equal(outcome.code, 0, `pulumi ${args.join(" ")} failed:\n${outcome.text.slice(-8000)}`);
    return outcome;
  }

  private withStack(args: readonly string[]): string[] {
    return [...args, "--stack", this.stack];
  }

  /** Applies without a preview before, which runs the same checks anyway. */
  up(...args: string[]): Promise<Outcome> {
    return this.expect(this.withStack(["up", "--yes", "--skip-preview", ...args]));
  }

  /** An `up` that must fail; the text says why. */
  async refusedUp(...args: string[]): Promise<string> {
    const outcome = await this.run(this.withStack(["up", "--yes", "--skip-preview", ...args]));
    assert.notEqual(outcome.code, 0, `pulumi up was not refused:\n${outcome.text}`);
    return outcome.text;
  }

  async preview(...args: string[]): Promise<Preview> {
    const outcome = await this.expect(this.withStack(["preview", "--json", ...args]));
    const { steps = [], changeSummary = {} } = JSON.parse(outcome.stdout) as {
      steps?: Step[];
      changeSummary?: Record<string, number>;
    };
    const changed = steps.filter((step) => step.op !== "same" && typeof step.newState?.inputs?.["plan"] === "string");
    return {
      ...outcome,
      steps,
      changes: changeSummary,
      plans: Object.fromEntries(changed.map((step) => [nameOf(step.urn), String(step.newState!.inputs["plan"])])),
    };
  }

  async refusedPreview(...args: string[]): Promise<string> {
    const outcome = await this.run(this.withStack(["preview", ...args]));
    assert.notEqual(outcome.code, 0, `pulumi preview was not refused:\n${outcome.text}`);
    return outcome.text;
  }

  refresh(...args: string[]): Promise<Outcome> {
    return this.expect(this.withStack(["refresh", "--yes", "--skip-preview", ...args]));
  }

  /** Whether a refresh would change the state; it is not changed. */
  async refreshFindsDrift(): Promise<boolean> {
    return (await this.run(this.withStack(["refresh", "--preview-only", "--expect-no-changes"]))).code !== 0;
  }

  destroy(...args: string[]): Promise<Outcome> {
    return this.expect(this.withStack(["destroy", "--yes", "--skip-preview", ...args]));
  }

  async refusedDestroy(...args: string[]): Promise<string> {
    const outcome = await this.run(this.withStack(["destroy", "--yes", "--skip-preview", ...args]));
    assert.notEqual(outcome.code, 0, `pulumi destroy was not refused:\n${outcome.text}`);
    return outcome.text;
  }

  config(key: string, value: string, ...args: string[]): Promise<Outcome> {
    return this.expect(this.withStack(["config", "set", ...args, key, value]));
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.expect(this.withStack(["stack", "output", "--json"]))).stdout) as Record<
      string,
      unknown
    >;
  }

  async export(): Promise<Checkpoint> {
    return JSON.parse((await this.expect(this.withStack(["stack", "export"]))).stdout) as Checkpoint;
  }

  /** Resources of the provider in the state, by their name in the program. */
  async resources(): Promise<Record<string, StoredResource>> {
    const { deployment } = await this.export();
    return Object.fromEntries(
      (deployment.resources ?? [])
        .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/sqlserver:"))
        .map((resource) => [nameOf(resource.urn), resource]),
    );
  }

  async import(checkpoint: Checkpoint): Promise<void> {
    this.write("import.json", JSON.stringify(checkpoint));
    await this.expect(this.withStack(["stack", "import", "--file", "import.json"]));
  }

  /** Runs JavaScript in a plain Node process in the project's directory; what it writes to stdout. */
  async node(script: string, variables: Readonly<Record<string, string>>): Promise<string> {
    const child = spawn(process.execPath, ["-e", script], {
      cwd: this.directory,
      env: { ...this.environment, ...variables },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (data: string) => (stdout += data));
    const code = await new Promise<number | null>((done) => child.on("close", done));
    assert.equal(code, 0, "the script failed");
    return stdout;
  }

  // ---- The server -------------------------------------------------------------------------------------------------------

  /** Runs T-SQL as a person would, beside the provider; the rows of the last result set. */
  sql(batch: string, database?: string): Promise<readonly ResultRow[]> {
    return this.server.sql(batch, database);
  }

  /** A session of its own, as another person would have; the caller closes it. */
  session(database: string): Promise<Connection> {
    return this.server.session(database);
  }

  /** Runs the work while a session has the batch in an open transaction: whoever needs its objects has to wait. */
  async whileHeld(
    database: string,
    batch: string,
    work: (release: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const session = await this.session(database);
    try {
      await session.request(`BEGIN TRANSACTION; ${batch}`, 60);
      await work(async () => void (await session.request("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;", 60)));
    } finally {
      await session.close();
    }
  }

  /** Waits until the query gives a row. */
  async until(query: string): Promise<void> {
    for (let i = 0; i < 600; i++) {
      if ((await this.sql(query)).length > 0) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    assert.fail(`this never became true: ${query}`);
  }

  /** An URL for SQLSERVER_<NAME>, as another login. */
  urlOf(user: string, secret: string): string {
    return url({ ...this.settings, user, password: secret }, this.directory);
  }

  /** The password stands nowhere: not in what was printed, not in the state, not in a log. */
  assertNoSecret(...secrets: readonly string[]): void {
    const own = this.settings.password!;
    for (const secret of [own, encodeURIComponent(own), ...secrets]) {
      for (const text of this.printed) assert.ok(!text.includes(secret), `a command printed the password:\n${text}`);
      for (const entry of readdirSync(this.directory, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const file = join(entry.parentPath, entry.name);
        assert.ok(!readFileSync(file).includes(secret), `the password is in ${file}`);
      }
    }
  }
}

const certificateOf = (directory: string): string => join(directory, "certificate.pem");

function url(settings: ServerSettings, directory: string): string {
  const { host, port, user, password: secret } = settings;
  const at = new URL(`mssql://${host.includes(":") ? `[${host}]` : host}:${port ?? 1433}`);
  at.username = encodeURIComponent(user ?? "");
  at.password = encodeURIComponent(secret ?? "");
  if (settings.certificateAuthority !== undefined)
    at.searchParams.set("certificateAuthorityFile", certificateOf(directory));
  for (const flag of ["encrypt", "trustServerCertificate"] as const)
    if (settings[flag] !== undefined) at.searchParams.set(flag, String(settings[flag]));
  return at.href;
}
