import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startTwin, type Twin } from "../../twin/src/index";

interface Client {
  command: string;
  args: string[];
  env: Record<string, string>;
}

const PASSWORD = "Secret-1234";
// A script of plain Node, shared with those who want to prepare the clients by hand.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const makers = require(resolve(__dirname, "..", "..", "scripts", "clients.js")) as {
  pythonClient(): Client | undefined;
  goClient(): Client | undefined;
};

const CLIENTS: [
  name: string,
  language: string,
  make: () => Client | undefined,
  ways: Record<string, Record<string, string>>,
  extra: object,
][] = [
  [
    "python-tds",
    "Python 3",
    makers.pythonClient,
    {
      "without encryption": {},
      "with all encrypted and the certificate verified": { certificate: "yes" },
      "with the login alone encrypted": { certificate: "yes", TWIN_LOGIN_ONLY: "1" },
    },
    { first: ["näme 1", "1.25", "2024-02-29T13:14:15.123000", "0100"] },
  ],
  [
    "go-mssqldb",
    "Go",
    makers.goClient,
    {
      "without encryption": { TWIN_ENCRYPT: "disable" },
      "with all encrypted and the certificate verified": { TWIN_ENCRYPT: "true", certificate: "yes" },
      "with the login alone encrypted": { TWIN_ENCRYPT: "false", certificate: "yes" },
    },
    { first: ["näme 1", "1.25", "2024-02-29T13:14:15.123Z", "0100"], cancelled: true },
  ],
];

describe("third-party clients of the twin", () => {
  let twin: Twin;
  let directory: string;
  let log: string[] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "twin-clients-"));
    twin = await startTwin({ password: PASSWORD, log: (line) => log.push(line) });
    writeFileSync(join(directory, "twin.pem"), twin.certificate);
  });
  after(async () => {
    await twin.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function runClient(
    client: Client,
    environment: Record<string, string>,
  ): Promise<{ code: number | null; output: string; errors: string }> {
    return new Promise((done) => {
      const child = spawn(client.command, client.args, { env: { ...process.env, ...client.env, ...environment } });
      let output = "";
      let errors = "";
      child.stdout.on("data", (data: Buffer) => (output += data.toString()));
      child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
      child.on("close", (code) => done({ code, output, errors }));
    });
  }

  for (const [name, language, make, ways, extra] of CLIENTS)
    describe(name, () => {
      let client: Client | undefined;

      before(function () {
        this.timeout(15 * 60_000);
        client = make();
        if (client) return;
        if (process.env.SHARED_REQUIRED === "1")
          throw new Error(`${language} is not installed, and this run requires it`);
        console.log(`SKIPPED: ${language} is not installed, so ${name} was not tried`);
        this.skip();
      });

      for (const [way, settings] of Object.entries(ways))
        it(`logs in ${way}, writes 1,000 rows with parameters, reads them back and sees error numbers`, async () => {
          log = [];
          const { certificate, ...rest } = settings;
          const run = await runClient(client!, {
            TWIN_PORT: String(twin.port),
            TWIN_PASSWORD: PASSWORD,
            TWIN_TABLE: `T_${name.replace(/\W/g, "_")}_${Object.keys(ways).indexOf(way)}`,
            ...(certificate ? { TWIN_CERTIFICATE: join(directory, "twin.pem") } : {}),
            ...rest,
          });
          assert.equal(run.code, 0, `${run.errors}\n${log.join("\n")}`);
          assert.deepEqual(JSON.parse(run.output), {
            rows: 1000,
            sum: 500_500,
            null: true,
            errors: [2627, 208],
            rolledBack: 1000,
            after: 7,
            ...extra,
          });
        });
    });
});
