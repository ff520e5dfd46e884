/**
 * Drives the provider's runtime as Pulumi does (check, diff, create, update, read, delete) against the twin, or against the
 * server that SQLSERVER_URL names.
 */
import assert from "node:assert/strict";
import { findKind, type KindName } from "../../provider/src/registry";
import * as runtime from "../../provider/src/runtime";
import type { StandIns, Twin } from "../../twin/src";
import type { Connection, ResultRow } from "../../provider/src/engine/connection";
import type { ServerSettings } from "../../provider/src/engine/configuration";
import { TestServer, type Needs } from "../server";

export type Properties = Record<string, unknown>;

const password = "Law-0f-the-twin";

export interface Resource {
  readonly kind: KindName;
  readonly name: string;
  id: string;
  /** The whole state, as Pulumi would store it. */
  state: Properties;
}

export class Deployment {
  private constructor(private readonly server: TestServer) {}

  /** A suite with needs gives its context: where the server does not have them, it is skipped. */
  static async start(needs: Needs = {}, context?: Mocha.Context): Promise<Deployment> {
    return Deployment.on(await TestServer.start(password, needs, context));
  }

  /** For suites of the twin itself. */
  static async startTwin(options: Needs = {}): Promise<Deployment> {
    return Deployment.on(await TestServer.startTwin(password, options));
  }

  private static async on(server: TestServer): Promise<Deployment> {
    const deployment = new Deployment(server);
    await deployment.configure();
    return deployment;
  }

  /** undefined when SQLSERVER_URL names the server. */
  get twin(): Twin | undefined {
    return this.server.twin;
  }

  get settings(): ServerSettings {
    return this.server.settings;
  }

  /** What runs for the CLR routines: on SQL Server their own code, on a twin of this process these. */
  runClr(routines: StandIns, context: Mocha.Context): Promise<void> {
    return this.server.runClr(routines, context);
  }

  /** Skips a test that needs more than its suite. */
  need(needs: Needs, context: Mocha.Context): Promise<void> {
    return this.server.need(needs, context);
  }

  /** Skips a test that does what only a twin of this process takes: by default, faults. */
  ownTwin(context: Mocha.Context, reason?: string): Twin {
    return this.server.ownTwin(context, reason);
  }

  /** What a new provider process knows: the configuration, and nothing of the server. */
  async configure(allow: readonly string[] = [], settings: ServerSettings = this.settings): Promise<void> {
    await runtime.shutdown();
    const values: Record<string, string> = {
      "sqlserver:servers": JSON.stringify({ test: settings }),
      ...(allow.length > 0 ? { "sqlserver:allow": JSON.stringify(allow) } : {}),
    };
    await runtime.configure("", { config: { get: (key) => values[key] } });
  }

  async close(): Promise<void> {
    await runtime.shutdown();
    await this.server.close();
  }

  /** Between the cases of a suite that makes many databases. */
  async dropDatabases(): Promise<void> {
    await runtime.shutdown();
    await this.server.dropDatabases();
  }

  /** Runs T-SQL as a person would, beside the provider; the rows of the last result set. */
  sql(batch: string, database?: string): Promise<readonly ResultRow[]> {
    return this.server.sql(batch, database);
  }

  /** The rows of many queries, in one round trip: each must give one result set. */
  async ask(queries: readonly string[], database: string): Promise<readonly (readonly ResultRow[])[]> {
    const answers = await this.server.results(queries.map((query) => `${query};\n`).join(""), database);
    assert.equal(answers.length, queries.length);
    return answers.map(({ rows }) => rows);
  }

  inputs(kind: KindName, name: string, given: Properties): Properties {
    return { server: "test", ...given, owner: `law/test/${kind}/${name}` };
  }

  /** The text of the plan, or the reasons of the refusal. */
  async preview(
    kind: KindName,
    name: string,
    given: Properties,
    old: Properties = {},
  ): Promise<{ plan: string; failures: string[] }> {
    const result = await runtime.check(kind, oldInputs(kind, old), this.inputs(kind, name, given));
    return {
      plan: String(result.inputs["plan"] ?? ""),
      failures: (result.failures ?? []).map(({ property, reason }) =>
        property === "" ? reason : `${property}: ${reason}`,
      ),
    };
  }

  private async checked(kind: KindName, name: string, given: Properties, old: Properties): Promise<Properties> {
    const result = await runtime.check(kind, oldInputs(kind, old), this.inputs(kind, name, given));
    assert.deepEqual(result.failures ?? [], [], `${kind} ${name} is refused`);
    return result.inputs;
  }

  async create(kind: KindName, name: string, given: Properties): Promise<Resource> {
    const { id, outs } = await runtime.create(kind, await this.checked(kind, name, given, {}));
    return { kind, name, id, state: stored(outs) };
  }

  /** False when Pulumi would not even call update. */
  async update(resource: Resource, given: Properties): Promise<boolean> {
    const { kind, name, id, state } = resource;
    const news = await this.checked(kind, name, given, state);
    if (!(await runtime.diff(kind, id, state, news)).changes) return false;
    resource.state = stored((await runtime.update(kind, id, state, news)).outs);
    return true;
  }

  /** The update that `disturb` disturbs between preview and apply, as Pulumi would see it: a failed one may leave a state. */
  async failingUpdate(
    resource: Resource,
    given: Properties,
    disturb: (apply: () => Promise<void>) => Promise<void>,
  ): Promise<Error | undefined> {
    const { kind, name, id, state } = resource;
    const news = await this.checked(kind, name, given, state);
    return this.failing(resource, disturb, () => runtime.update(kind, id, state, news));
  }

  async failingCreate(
    resource: Resource,
    given: Properties,
    disturb: (apply: () => Promise<void>) => Promise<void>,
  ): Promise<Error | undefined> {
    const news = await this.checked(resource.kind, resource.name, given, {});
    return this.failing(resource, disturb, () => runtime.create(resource.kind, news));
  }

  private async failing(
    resource: Resource,
    disturb: (apply: () => Promise<void>) => Promise<void>,
    apply: () => Promise<{ id?: string; outs: Properties }>,
  ): Promise<Error | undefined> {
    let failure: Error | undefined;
    await disturb(async () => {
      try {
        const { id, outs } = await apply();
        resource.state = stored(outs);
        if (id !== undefined) resource.id = id;
      } catch (error) {
        failure = error as Error;
        const partial = error as { id?: string; properties?: Properties };
        if (partial.properties) resource.state = stored(partial.properties);
        if (partial.id !== undefined) resource.id = partial.id;
      }
    });
    return failure;
  }

  /** Of the providers' sessions, once their processes are gone. */
  async assertUnlocked(database: string): Promise<void> {
    const held = await this.sql(
      "SELECT l.resource_type, l.request_mode, s.program_name FROM sys.dm_tran_locks AS l INNER JOIN sys.dm_exec_sessions AS s ON s.session_id = l.request_session_id WHERE s.program_name LIKE N'pulumi-sqlserver%'",
    );
    assert.deepEqual(held, [], `locks stay after a deployment of ${database}`);
  }

  /** Another session of a person in a database, open until `close`. */
  other(database: string): Promise<Connection> {
    return this.server.session(database, "somebody's tool");
  }

  /** Asserts what a second preview says: nothing to do. */
  async assertUnchanged(resource: Resource, given: Properties): Promise<void> {
    const { kind, name, id, state } = resource;
    const news = await this.checked(kind, name, given, state);
    assert.deepEqual(
      await runtime.diff(kind, id, state, news),
      { changes: false },
      `${kind} ${name}: a second preview is not empty:\n${String(news["plan"])}`,
    );
    assert.equal(news["plan"], state["plan"], "the text of the plan must not change when there is nothing to do");
  }

  /** undefined when the object is gone. */
  async refresh(resource: Resource): Promise<Properties | undefined> {
    const result = await runtime.read(resource.kind, resource.id, resource.state);
    return result.id === undefined ? undefined : stored(result.inputs ?? {});
  }

  /** What Pulumi keeps of a delete that fails is what it had. */
  async failingDelete(
    resource: Resource,
    disturb: (apply: () => Promise<void>) => Promise<void>,
  ): Promise<Error | undefined> {
    let failure: Error | undefined;
    await disturb(() => this.delete(resource).catch((error: Error) => void (failure = error)));
    return failure;
  }

  async delete(resource: Resource): Promise<void> {
    await runtime.delete(resource.kind, resource.id, resource.state);
  }
}

/** Of the state Pulumi gives a check the inputs only. */
function oldInputs(kind: KindName, state: Properties): Properties {
  const names = Object.keys(findKind(kind)?.changes ?? {});
  return Object.fromEntries(Object.entries(state).filter(([name]) => names.includes(name)));
}

/** What comes back from Pulumi's state: plain JSON. */
function stored(properties: Properties): Properties {
  return JSON.parse(JSON.stringify(properties)) as Properties;
}
