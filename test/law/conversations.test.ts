/** The three conversations of the reference database: deployed, and then used as an application would. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ResultRow } from "../../provider/src/engine/connection";
import { checkTopology } from "../../provider/src/kinds/broker/topology";
import { conversations, filegroups, moduleDirectory, schemas, tables } from "../../sql/hartonomous";
import { unique } from "../server";
import { Deployment, type Properties, type Resource } from "./deployment";

const database = unique("HartonomousConversations");
const modules = join(__dirname, "..", "..", "stacks", moduleDirectory);
const all = Object.values(conversations);

describe("the conversations of the reference database", () => {
  const procedures = readdirSync(join(modules, "broker")).map((file) => ({
    schema: "broker",
    name: file.replace(/\.sql$/, ""),
  }));

  it("fit together", () => {
    const ends = all.flatMap(({ initiator, target }) => [initiator, target]);
    assert.deepEqual(
      checkTopology({
        messageTypes: all.flatMap(({ messages }) => Object.keys(messages)),
        contracts: all.map(({ contract, messages }) => ({
          name: contract,
          messages: Object.fromEntries(Object.entries(messages).map(([name, { sentBy }]) => [name, sentBy])),
        })),
        queues: ends
          .filter(({ sharesQueue }) => sharesQueue !== true)
          .map(({ queue, activation }) => ({ ...queue, activation: activation?.procedure })),
        services: all.flatMap(({ contract, initiator, target }) => [
          { name: initiator.service, queue: initiator.queue, contracts: [] },
          { name: target.service, queue: target.queue, contracts: [contract] },
        ]),
        conversations: all.map(({ contract, initiator, target }) => ({
          from: initiator.service,
          to: target.service,
          contract,
        })),
        procedures,
      }),
      [],
    );
  });

  it("have activation procedures that receive from their own queue and end conversations on EndDialog and Error", () => {
    for (const { initiator, target } of all)
      for (const { queue, activation } of [initiator, target]) {
        if (activation === undefined) continue;
        const text = readFileSync(join(modules, "broker", `${activation.procedure.name}.sql`), "utf8");
        assert.match(text, new RegExp(`FROM ${queue.schema}\\.${queue.name}\\b`));
        assert.match(text, /N'http:\/\/schemas\.microsoft\.com\/SQL\/ServiceBroker\/EndDialog'/);
        assert.match(text, /N'http:\/\/schemas\.microsoft\.com\/SQL\/ServiceBroker\/Error'/);
        assert.doesNotMatch(text, /https:|WITH CLEANUP/);
      }
  });

  describe("at work", () => {
    let deployment: Deployment;
    const made: [Resource, Properties][] = [];
    const sql = (batch: string): Promise<readonly ResultRow[]> => deployment.sql(batch, database);
    /** Activation runs in its own time; an answer that does not come is asked for often, and then shown as it is. */
    const until = async (batch: string, wanted: ResultRow): Promise<void> => {
      let row = (await sql(batch))[0];
      for (let asked = 0; asked < 400 && !isDeepStrictEqual({ ...row }, wanted); asked++) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        row = (await sql(batch))[0];
      }
      assert.deepEqual({ ...row }, wanted);
    };
    const settled = (): Promise<void> =>
      until(
        "SELECT (SELECT COUNT(*) FROM sys.conversation_endpoints AS e WHERE e.state <> 'CD') AS running, (SELECT COUNT(*) FROM sys.transmission_queue) AS waiting;",
        { running: 0, waiting: 0 },
      );

    before(async () => {
      deployment = await Deployment.start();
      const create = async (kind: Resource["kind"], name: string, given: Properties): Promise<void> => {
        const inputs = { ...(kind === "Database" ? {} : { database }), ...given };
        made.push([await deployment.create(kind, name, inputs), inputs]);
      };
      await create("Database", database, { name: database, recoveryModel: "SIMPLE", brokerEnabled: true });
      for (const name of filegroups)
        await create("Filegroup", name, { name, files: [{ name: `${database}_${name}` }] });
      for (const name of schemas) await create("Schema", name, { name });
      await create("TableSet", "tables", { tables });
      await create("ProcedureBundle", "modules", { directory: relative(process.cwd(), modules) });
      for (const [key, { messages, contract, initiator, target }] of Object.entries(conversations)) {
        for (const [name, { validation }] of Object.entries(messages))
          await create("BrokerMessageType", name, { name, ...(validation === undefined ? {} : { validation }) });
        await create("BrokerContract", contract, {
          name: contract,
          messages: Object.fromEntries(Object.entries(messages).map(([name, { sentBy }]) => [name, sentBy])),
        });
        for (const [role, { service, queue, activation, sharesQueue }] of [
          ["initiator", initiator],
          ["target", target],
        ] as const) {
          if (sharesQueue !== true)
            await create("BrokerQueue", `${key}-${role}`, {
              ...queue,
              ...(activation === undefined ? {} : { activation }),
            });
          await create("BrokerService", service, {
            name: service,
            queue,
            ...(role === "target" ? { contracts: [contract] } : {}),
          });
        }
      }
      await sql(
        `EXEC dbo.SeedReferenceData;
         INSERT INTO billing.RatePlan (Code, Name) VALUES ('basic', N'Basic');
         DECLARE @tenant int; EXEC billing.CreateTenant @displayName = N'Shop', @planCode = 'basic', @tenantId = @tenant OUTPUT;`,
      );
    });
    after(async () => {
      // A reader that waits for messages is in the database, which could not be dropped.
      await until("SELECT COUNT(*) AS readers FROM sys.dm_broker_activated_tasks AS t;", { readers: 0 });
      await deployment.configure([`data-loss:${database}`]);
      await deployment.delete(made[0]![0]);
      await deployment.close();
    });

    it("are what was asked for: a second preview of every resource is empty", async () => {
      await deployment.configure();
      for (const [resource, given] of made) await deployment.assertUnchanged(resource, given);
    });

    it("note what a meter reports, and end", async () => {
      await sql(
        "DECLARE @tenant int = (SELECT MAX(TenantId) FROM billing.Tenant); EXEC broker.SendUsageEvent @tenantId = @tenant, @usageKind = 'tokens', @quantity = 12.5;",
      );
      await until("SELECT COUNT(*) AS usages FROM billing.Usage WHERE Quantity = 12.5;", { usages: 1 });
      await settled();
    });

    it("store an embedding that was computed outside, and end", async () => {
      await sql(
        `DECLARE @layers dbo.LayerList, @model int, @atom bigint;
         INSERT INTO @layers (Ordinal, Kind, InputDimension, OutputDimension, HasBias) VALUES (1, 'embedding', 4, 2, 0);
         EXEC dbo.RegisterModel @name = N'small', @version = '1', @architecture = 'transformer', @layers = @layers, @modelId = @model OUTPUT;
         EXEC dbo.InsertTextAtom @text = N'hello', @atomId = @atom OUTPUT;
         EXEC broker.SendEmbeddingJob @atomId = @atom, @modelId = @model, @components = N'[3, 4]';`,
      );
      await until("SELECT CONVERT(int, MAX(e.Norm)) AS norm FROM dbo.Embedding AS e;", { norm: 5 });
      await settled();
    });

    it("keep a request that cannot be done, tell the sender why, and leave the queue on", async () => {
      await sql("EXEC broker.SendInferenceRequest @tenantId = -1, @modelId = -1, @prompt = N'hello';");
      await until(
        "SELECT COUNT(*) AS rejected, MIN(r.ErrorNumber) AS least, MAX(r.ErrorNumber) AS most FROM broker.RejectedMessage AS r;",
        { rejected: 2, least: 51030, most: 51201 },
      );
      await settled();
      assert.deepEqual(
        await sql(
          "SELECT MIN(CONVERT(int, q.is_receive_enabled)) AS allOn FROM sys.service_queues AS q WHERE q.is_ms_shipped = 0;",
        ),
        [{ allOn: 1 }],
      );
      assert.deepEqual(await sql("SELECT COUNT(*) AS requests FROM dbo.InferenceRequest;"), [{ requests: 0 }]);
    });
  });
});
