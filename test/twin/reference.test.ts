/** The reference database at work: deployed by the provider, then used through its procedures as an application would. */
import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { RequestError, type ResultRow } from "../../provider/src/engine/connection";
import { filegroups, moduleDirectory, schemas, tables } from "../../sql/hartonomous";
import { Deployment, type Properties, type Resource } from "../law/deployment";

const database = "HartonomousReference";
const directory = relative(process.cwd(), join(__dirname, "..", "..", "stacks", moduleDirectory));

/** One batch that declares, runs and returns: the parameters of a call are worth reading in T-SQL. */
const layers = `
  DECLARE @layers dbo.LayerList;
  INSERT INTO @layers (Ordinal, Kind, InputDimension, OutputDimension, HasBias)
  VALUES (1, 'embedding', 512, 64, 0), (2, 'attention', 64, 64, 1), (3, 'output', 64, 512, 1);`;

describe("the reference database on the twin", () => {
  let deployment: Deployment;
  const made: [Resource, Properties][] = [];
  const sql = (batch: string): Promise<readonly ResultRow[]> => deployment.sql(batch, database);
  const row = async (batch: string): Promise<ResultRow> => {
    const rows = await sql(batch);
    assert.equal(rows.length, 1, `one row expected from ${batch}`);
    return rows[0]!;
  };
  const fails = async (batch: string, number: number): Promise<void> => {
    await assert.rejects(sql(batch), (error) => {
      assert.ok(error instanceof RequestError, String(error));
      assert.equal(error.errors.at(-1)?.number, number, error.message);
      return true;
    });
    assert.deepEqual(await row("SELECT @@TRANCOUNT AS open_"), { open_: 0 }, "no transaction stays open");
  };

  before(async () => {
    deployment = await Deployment.startTwin();
    const create = async (kind: Resource["kind"], name: string, given: Properties): Promise<void> => {
      made.push([await deployment.create(kind, name, given), given]);
    };
    await create("Database", database, { name: database, recoveryModel: "SIMPLE", readCommittedSnapshot: true });
    for (const name of filegroups)
      await create("Filegroup", name, { database, name, files: [{ name: `${database}_${name}` }] });
    for (const name of schemas) await create("Schema", name, { database, name });
    await create("TableSet", "tables", { database, tables });
    await create("ProcedureBundle", "modules", { database, directory });
    await sql("EXEC dbo.SeedReferenceData;");
  });
  after(async () => {
    await deployment.configure([`data-loss:${database}`]);
    await deployment.delete(made[0]![0]);
    await deployment.close();
  });

  it("is what was asked for: a second preview of every resource is empty", async () => {
    for (const [resource, given] of made) await deployment.assertUnchanged(resource, given);
  });

  it("seeds its kinds once, however often it is asked", async () => {
    await sql("EXEC dbo.SeedReferenceData;");
    assert.deepEqual(
      await row(
        "SELECT (SELECT COUNT(*) FROM dbo.ContentType) AS types, (SELECT COUNT(*) FROM graph.EdgeKind) AS edges, (SELECT COUNT(*) FROM billing.UsageKind) AS usages",
      ),
      { types: 4, edges: 4, usages: 3 },
    );
  });

  describe("atoms", () => {
    it("stores equal content once and counts who refers to it", async () => {
      const insert = (bytes: string): Promise<ResultRow> =>
        row(
          `DECLARE @id bigint, @new bit; EXEC dbo.InsertAtom @content = ${bytes}, @contentTypeId = 3, @atomId = @id OUTPUT, @isNew = @new OUTPUT;
           SELECT CONVERT(int, a.AtomId) AS id, @new AS isNew, a.ReferenceCount AS refs, CONVERT(int, a.ByteCount) AS bytes FROM dbo.Atom AS a WHERE a.AtomId = @id;`,
        );
      const first = await insert("0xCAFE01");
      assert.deepEqual(first, { id: first["id"], isNew: true, refs: 1, bytes: 3 });
      assert.deepEqual(await insert("0xCAFE01"), { id: first["id"], isNew: false, refs: 2, bytes: 3 });
      assert.notEqual((await insert("0xCAFE02"))["id"], first["id"]);
    });

    it("finds a text again in another spelling of white space", async () => {
      assert.deepEqual(
        await row(
          `DECLARE @a bigint, @b bigint;
           EXEC dbo.InsertTextAtom @text = N'the  quick fox', @atomId = @a OUTPUT;
           DECLARE @other nvarchar(100) = CONCAT(N' the quick', NCHAR(9), NCHAR(10), N'fox ');
           EXEC dbo.InsertTextAtom @text = @other, @atomId = @b OUTPUT;
           SELECT CASE WHEN @a = @b THEN 1 ELSE 0 END AS same, s.Excerpt AS excerpt, s.ContentType AS type FROM dbo.AtomSummary AS s WHERE s.AtomId = @a;`,
        ),
        { same: 1, excerpt: "the quick fox", type: "text/plain" },
      );
    });

    it("takes a batch as a table and gives equal entries the same atom", async () => {
      const rows = await sql(
        `DECLARE @batch dbo.AtomBatch;
         INSERT INTO @batch (Ordinal, ContentTypeId, Content) VALUES (1, 3, 0xB1), (2, 3, 0xB2), (3, 3, 0xB1);
         EXEC dbo.InsertAtoms @batch = @batch;`,
      );
      assert.deepEqual(
        rows.map((item) => item["Ordinal"]),
        [1, 2, 3],
      );
      assert.equal(rows[0]?.["AtomId"], rows[2]?.["AtomId"]);
      assert.notEqual(rows[0]?.["AtomId"], rows[1]?.["AtomId"]);
    });

    it("purges what nobody refers to, and refuses to release what has no reference", async () => {
      const setUp = `DECLARE @id bigint; EXEC dbo.InsertAtom @content = 0xDEAD, @contentTypeId = 3, @atomId = @id OUTPUT;
        DECLARE @atoms dbo.AtomIdList; INSERT INTO @atoms (AtomId) VALUES (@id);`;
      assert.deepEqual(
        await row(
          `${setUp} EXEC dbo.ReleaseAtoms @atoms = @atoms; DECLARE @purged int;
           EXEC dbo.PurgeUnreferencedAtoms @olderThanMinutes = 0, @purged = @purged OUTPUT;
           SELECT @purged AS purged, (SELECT COUNT(*) FROM dbo.Atom WHERE AtomId = @id) AS stillThere;`,
        ),
        { purged: 1, stillThere: 0 },
      );
      await fails(`${setUp} EXEC dbo.ReleaseAtoms @atoms = @atoms; EXEC dbo.ReleaseAtoms @atoms = @atoms;`, 51002);
    });

    it("notes who ingested a text, and undoes all of it when the place is taken", async () => {
      const start =
        "DECLARE @source int, @atom bigint; EXEC dbo.RegisterSource @name = N'archive', @trustLevel = 80, @atomSourceId = @source OUTPUT;";
      assert.deepEqual(
        await row(
          `${start} EXEC dbo.IngestText @atomSourceId = @source, @position = 0, @text = N'ingested', @atomId = @atom OUTPUT;
           SELECT p.SourceName AS source, p.TrustLevel AS trust, o.Kind AS kind, o.Outcome AS outcome
           FROM provenance.AtomOrigin(@atom) AS o INNER JOIN dbo.AtomProvenance AS p ON p.AtomId = @atom;`,
        ),
        { source: "archive", trust: 80, kind: "ingest", outcome: "succeeded" },
      );
      const count = "SELECT COUNT(*) AS n FROM provenance.Operation";
      const before = await row(count);
      await fails(`${start} EXEC dbo.IngestText @atomSourceId = @source, @position = 0, @text = N'other';`, 2627);
      assert.deepEqual(await row(count), before);
    });
  });

  describe("models", () => {
    it("registers a model with its layers, counts its parameters and keeps its history", async () => {
      assert.deepEqual(
        await row(
          `${layers} DECLARE @id int;
           EXEC dbo.RegisterModel @name = N'encoder', @version = '1.0', @architecture = 'transformer', @settings = N'{"heads":4}', @layers = @layers, @modelId = @id OUTPUT;
           SELECT c.Label, c.Status, CONVERT(int, c.ParameterCount) AS parameters, c.LayerCount AS layers, l.Ordinal AS output,
             (SELECT COUNT(*) FROM provenance.ModelRevision AS r WHERE r.ModelId = @id) AS revisions
           FROM dbo.ModelCatalog AS c INNER JOIN dbo.Model AS m ON m.ModelId = c.ModelId INNER JOIN dbo.ModelLayer AS l ON l.ModelLayerId = m.OutputLayerId
           WHERE c.ModelId = @id;`,
        ),
        {
          Label: "encoder@1.0",
          Status: "draft",
          parameters: 512 * 64 + (64 * 64 + 64) + (64 * 512 + 512),
          layers: 3,
          output: 3,
          revisions: 1,
        },
      );
    });

    it("refuses layers that do not fit, and leaves nothing behind", async () => {
      await fails(
        `DECLARE @layers dbo.LayerList, @id int;
         INSERT INTO @layers (Ordinal, Kind, InputDimension, OutputDimension) VALUES (1, 'a', 8, 4), (2, 'b', 5, 2);
         EXEC dbo.RegisterModel @name = N'broken', @version = '1', @architecture = 'mlp', @layers = @layers, @modelId = @id OUTPUT;`,
        51011,
      );
      assert.deepEqual(await sql("SELECT ModelId FROM dbo.Model WHERE Name = N'broken'"), []);
    });

    it("activates a model only when all layers have weights, and then keeps the weights", async () => {
      const id = "DECLARE @id int = (SELECT ModelId FROM dbo.Model WHERE Name = N'encoder');";
      await fails(`${id} EXEC dbo.ActivateModel @modelId = @id;`, 51013);
      await sql(
        `${id} DECLARE @layer int = (SELECT MIN(ModelLayerId) FROM dbo.ModelLayer WHERE ModelId = @id);
         WHILE @layer IS NOT NULL
         BEGIN
           EXEC dbo.StoreLayerWeights @modelLayerId = @layer, @chunkIndex = 0, @weights = 0x3F800000;
           SET @layer = (SELECT MIN(ModelLayerId) FROM dbo.ModelLayer WHERE ModelId = @id AND ModelLayerId > @layer);
         END;
         EXEC dbo.ActivateModel @modelId = @id;`,
      );
      assert.deepEqual(await sql("SELECT Label FROM dbo.ActiveModel"), [{ Label: "encoder@1.0" }]);
      await fails(
        `${id} DECLARE @layer int = (SELECT OutputLayerId FROM dbo.Model WHERE ModelId = @id);
         EXEC dbo.StoreLayerWeights @modelLayerId = @layer, @chunkIndex = 0, @weights = 0x00;`,
        51012,
      );
    });

    it("never changes a revision", async () => {
      await fails("UPDATE provenance.ModelRevision SET NewStatus = 'draft';", 51052);
    });

    it("finds similar atoms by their embeddings and links them", async () => {
      const texts = { east: "[1, 0]", northeast: "[1, 1]", north: "[0, 1]", west: "[-1, 0]" };
      for (const [text, vector] of Object.entries(texts)) {
        await sql(
          `DECLARE @id int = (SELECT ModelId FROM dbo.Model WHERE Name = N'encoder'), @atom bigint;
           EXEC dbo.InsertTextAtom @text = N'${text}', @atomId = @atom OUTPUT;
           EXEC dbo.StoreEmbedding @atomId = @atom, @modelId = @id, @components = N'${vector}';`,
        );
      }
      const rows = await sql(
        `DECLARE @id int = (SELECT ModelId FROM dbo.Model WHERE Name = N'encoder');
         DECLARE @atom bigint = (SELECT AtomId FROM dbo.AtomSummary WHERE Excerpt = N'east');
         EXEC dbo.FindSimilarAtoms @atomId = @atom, @modelId = @id, @count = 2;`,
      );
      assert.deepEqual(
        rows.map((item) => [item["Excerpt"], Number(item["Similarity"]).toFixed(4)]),
        [
          ["northeast", "0.7071"],
          ["north", "0.0000"],
        ],
      );
      assert.deepEqual(
        await sql(
          `DECLARE @embedding bigint = (SELECT e.EmbeddingId FROM dbo.Embedding AS e INNER JOIN dbo.AtomSummary AS s ON s.AtomId = e.AtomId WHERE s.Excerpt = N'east');
           EXEC graph.LinkSimilarAtoms @embeddingId = @embedding;
           SELECT l.Label AS label, n.EdgeKind AS kind, CONVERT(varchar(20), n.Weight) AS weight
           FROM graph.NodeLabel AS o CROSS APPLY graph.Neighbors(o.NodeId) AS n INNER JOIN graph.NodeLabel AS l ON l.NodeId = n.NodeId
           WHERE o.Label = N'east';`,
        ),
        [{ label: "northeast", kind: "similar-to", weight: "0.707107" }],
      );
    });
  });

  describe("inference and billing", () => {
    before(async () => {
      await sql(
        `DECLARE @plan int, @tenant int;
         EXEC billing.DefineRatePlan @code = 'team', @name = N'Team', @monthlyFee = 20, @ratePlanId = @plan OUTPUT;
         EXEC billing.SetPrice @ratePlanId = @plan, @usageKind = 'inference', @unitPrice = 0.01;
         EXEC billing.SetPrice @ratePlanId = @plan, @usageKind = 'tokens', @unitPrice = 0.0005, @includedQuantity = 100;
         EXEC billing.CreateTenant @displayName = N'Contoso', @planCode = 'team', @tenantId = @tenant OUTPUT;`,
      );
    });
    const ids = `DECLARE @model int = (SELECT ModelId FROM dbo.Model WHERE Name = N'encoder'), @tenant int = (SELECT TenantId FROM billing.Tenant WHERE DisplayName = N'Contoso'), @request bigint, @other bigint;`;

    it("serves the most urgent request first", async () => {
      await sql(
        `${ids} EXEC dbo.RequestInference @tenantId = @tenant, @modelId = @model, @prompt = N'later', @inferenceRequestId = @request OUTPUT;
         EXEC dbo.RequestInference @tenantId = @tenant, @modelId = @model, @prompt = N'now', @priority = 9, @inferenceRequestId = @other OUTPUT;`,
      );
      assert.deepEqual(
        await row(
          `${ids} EXEC dbo.StartInference @modelId = @model, @inferenceRequestId = @request OUTPUT;
           SELECT a.CanonicalText AS prompt, r.Status AS status, (SELECT COUNT(*) FROM dbo.InferenceQueue) AS waiting
           FROM dbo.InferenceRequest AS r INNER JOIN dbo.Atom AS a ON a.AtomId = r.PromptAtomId WHERE r.InferenceRequestId = @request;`,
        ),
        { prompt: "now", status: "running", waiting: 1 },
      );
    });

    it("completes a request: result, lineage and usage together", async () => {
      const rows = await sql(
        `${ids} SET @request = (SELECT InferenceRequestId FROM dbo.InferenceRequest WHERE Status = 'running');
         EXEC dbo.CompleteInference @inferenceRequestId = @request, @resultText = N'the answer', @tokenCount = 300, @score = 0.875;
         DECLARE @node bigint = (SELECT n.NodeId FROM graph.NodeLabel AS n WHERE n.Label = N'the answer');
         EXEC graph.TraceDerivation @nodeId = @node;`,
      );
      assert.deepEqual(rows.map((item) => [item["Depth"], item["Kind"]]).sort(), [
        [0, "atom"],
        [1, "inference"],
        [2, "atom"],
        [2, "model"],
      ]);
      assert.deepEqual(
        await sql(
          `DECLARE @answer bigint = (SELECT AtomId FROM dbo.AtomSummary WHERE Excerpt = N'the answer'); EXEC provenance.TraceAtom @atomId = @answer;`,
        ).then((found) => found.map((item) => [item["Kind"], item["Outcome"], item["SourceExcerpt"]])),
        [["inference", "succeeded", "now"]],
      );
      assert.deepEqual(
        await sql(
          "SELECT k.Name AS kind, CONVERT(varchar(20), u.Quantity) AS quantity FROM billing.Usage AS u INNER JOIN billing.UsageKind AS k ON k.UsageKindId = u.UsageKindId ORDER BY u.UsageId",
        ),
        [
          { kind: "inference", quantity: "1.0000" },
          { kind: "tokens", quantity: "300.0000" },
        ],
      );
    });

    it("does not complete a request twice", async () => {
      await fails(
        `${ids} SET @request = (SELECT InferenceRequestId FROM dbo.InferenceRequest WHERE Status = 'completed');
         EXEC dbo.CompleteInference @inferenceRequestId = @request, @resultText = N'again', @tokenCount = 1;`,
        51032,
      );
    });

    it("lists the requests of a tenant, the newest first", async () => {
      const rows = await sql(`${ids} EXEC dbo.ListInferences @tenantId = @tenant, @take = 1;`);
      assert.deepEqual(
        rows.map((item) => [item["Model"], item["Status"], item["TokenCount"], item["TotalCount"]]),
        [["encoder@1.0", "completed", 300, 2]],
      );
    });

    it("does not close an account with open usage", async () => {
      await fails(`${ids} EXEC billing.CloseTenant @tenantId = @tenant;`, 51062);
    });

    it("invoices the month: fee, requests, and tokens above what is included", async () => {
      const [invoice, ...others] = await sql(
        "DECLARE @today date = SYSUTCDATETIME(); EXEC billing.IssueInvoices @periodStart = @today;",
      );
      assert.deepEqual(others, []);
      // 20 a month, 1 request at 0.01, 200 tokens at 0.0005.
      assert.deepEqual([String(invoice?.["Total"]), invoice?.["Failure"]], ["20.11", null]);
      assert.equal(Number(invoice?.["InvoiceNumber"]) >= 100001, true);
      assert.deepEqual(
        await row(
          "SELECT Status, LineCount, CONVERT(varchar(20), Difference) AS Difference FROM billing.InvoiceSummary",
        ),
        { Status: "issued", LineCount: 3, Difference: "0.0000" },
      );
      assert.deepEqual(await sql("SELECT UsageId FROM billing.UnbilledUsage"), []);
    });

    it("keeps the lines of an issued invoice", async () => {
      await fails("UPDATE billing.InvoiceLine SET Quantity = 0;", 51067);
      assert.deepEqual(await sql("SELECT LineNumber FROM billing.InvoiceLine WHERE Quantity = 0"), []);
    });

    it("opens the usage again when an unpaid invoice is taken back, and invoices it anew", async () => {
      assert.deepEqual(
        await row(
          `${ids} DECLARE @invoice int = (SELECT InvoiceId FROM billing.Invoice WHERE Status = 'issued'), @again int, @today date = SYSUTCDATETIME();
           EXEC billing.VoidInvoice @invoiceId = @invoice;
           DECLARE @estimate decimal(19, 4) = billing.EstimatedTotal(@tenant, @today);
           EXEC billing.IssueInvoice @tenantId = @tenant, @periodStart = @today, @invoiceId = @again OUTPUT;
           EXEC billing.SettleInvoice @invoiceId = @again;
           SELECT CONVERT(varchar(20), @estimate) AS estimate, CONVERT(varchar(20), i.Total) AS total, i.Status AS status FROM billing.Invoice AS i WHERE i.InvoiceId = @again;`,
        ),
        { estimate: "20.1100", total: "20.1100", status: "paid" },
      );
    });

    it("invoices every open tenant once a month, and goes on when one of them fails", async () => {
      const rows = await sql(
        `DECLARE @tenant int, @plan int;
         EXEC billing.CreateTenant @displayName = N'Fabrikam', @planCode = 'team', @tenantId = @tenant OUTPUT;
         EXEC billing.DefineRatePlan @code = 'costly', @name = N'Costly', @ratePlanId = @plan OUTPUT;
         EXEC billing.SetPrice @ratePlanId = @plan, @usageKind = 'tokens', @unitPrice = 99999999999;
         EXEC billing.CreateTenant @displayName = N'Adatum', @planCode = 'costly', @tenantId = @tenant OUTPUT;
         EXEC billing.RecordUsage @tenantId = @tenant, @usageKind = 'tokens', @quantity = 900000000000000, @occurredAt = '2020-02-10';
         EXEC billing.CreateTenant @displayName = N'Woodgrove', @planCode = 'team', @tenantId = @tenant OUTPUT;
         EXEC billing.RecordUsage @tenantId = @tenant, @usageKind = 'tokens', @quantity = 400, @occurredAt = '2020-02-10';
         EXEC billing.IssueInvoices @periodStart = '2020-02-29';`,
      );
      assert.deepEqual(
        rows.map((item) => [item["Total"], item["Failure"] === null]),
        [
          [20, true],
          [20, true],
          [null, false],
          [20.15, true],
        ],
      );
      assert.match(String(rows[2]?.["Failure"]), /overflow/);
      const again = await sql("EXEC billing.IssueInvoices @periodStart = '2020-02-01';");
      assert.equal(again.length, 1, "only the tenant that failed is tried again");
      await fails(
        "DECLARE @tenant int = (SELECT TenantId FROM billing.Tenant WHERE DisplayName = N'Fabrikam'), @id int; EXEC billing.IssueInvoice @tenantId = @tenant, @periodStart = '2020-02-01', @invoiceId = @id OUTPUT;",
        2601,
      );
      await fails("EXEC billing.RecordUsage @tenantId = 1, @usageKind = 'dreams', @quantity = 1;", 51060);
    });

    it("fails what waits for a model that retires, and takes no more requests for it", async () => {
      assert.deepEqual(
        await row(
          `${ids} DECLARE @failed int; EXEC dbo.RetireModel @modelId = @model, @failedRequests = @failed OUTPUT;
           SELECT @failed AS failed, (SELECT COUNT(*) FROM provenance.ModelRevision AS r WHERE r.ModelId = @model) AS revisions;`,
        ),
        { failed: 1, revisions: 3 },
      );
      await fails(
        `${ids} EXEC dbo.RequestInference @tenantId = @tenant, @modelId = @model, @prompt = N'too late', @inferenceRequestId = @request OUTPUT;`,
        51030,
      );
    });

    it("follows edges to the end although they form a cycle", async () => {
      assert.deepEqual(
        await row(
          `DECLARE @a bigint = (SELECT MIN(NodeId) FROM graph.Node), @b bigint = (SELECT MAX(NodeId) FROM graph.Node);
           EXEC graph.AddEdge @fromNodeId = @a, @toNodeId = @b, @edgeKind = 'part-of';
           EXEC graph.AddEdge @fromNodeId = @b, @toNodeId = @a, @edgeKind = 'part-of';
           SELECT COUNT(*) AS found FROM graph.Closure(@a) AS c WHERE c.NodeId IN (@a, @b);`,
        ),
        { found: 2 },
      );
    });

    it("shows operations as a tree and closes those whose worker is gone", async () => {
      assert.deepEqual(
        await row(
          `DECLARE @outer bigint, @inner bigint, @abandoned int;
           EXEC provenance.BeginOperation @kind = 'training', @operationId = @outer OUTPUT;
           EXEC provenance.BeginOperation @kind = 'epoch', @parentOperationId = @outer, @operationId = @inner OUTPUT;
           EXEC provenance.AbandonOperations @olderThanMinutes = 0, @abandoned = @abandoned OUTPUT;
           SELECT @abandoned AS abandoned, (SELECT COUNT(*) FROM provenance.OperationTree(@outer)) AS size_,
             CASE WHEN provenance.OperationPath(@inner) = CONCAT(@outer, '/', @inner) THEN 1 ELSE 0 END AS path_;`,
        ),
        { abandoned: 2, size_: 2, path_: 1 },
      );
      await fails("EXEC provenance.EndOperation @operationId = 1, @outcome = 'failed';", 51050);
    });
  });

  it("answers every view", async () => {
    const views = await sql(
      "SELECT QUOTENAME(OBJECT_SCHEMA_NAME(v.object_id)) + N'.' + QUOTENAME(v.name) AS name FROM sys.views AS v",
    );
    assert.ok(views.length >= 20, `${views.length} views`);
    for (const view of views) await sql(`SELECT * FROM ${String(view["name"])};`);
  });

  it("shows a statement of account", async () => {
    const rows = await sql(
      "DECLARE @tenant int = (SELECT TenantId FROM billing.Tenant WHERE DisplayName = N'Contoso'); EXEC billing.ShowStatement @tenantId = @tenant;",
    );
    assert.deepEqual(rows, [], "nothing is open");
  });
});
