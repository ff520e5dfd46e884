import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../../provider/src/engine/connection";
import { startTwin } from "../../../twin/src";

interface State {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly certificateFile: string;
}
const { prepare } = createRequire(__filename)("../../../scripts/local-twin") as {
  prepare(state: State): Promise<void>;
};

describe("the twin of npm run up", () => {
  it("runs CLR code, so that no preview has to say that it does not", async () => {
    const password = "L0cal-twin";
    const twin = await startTwin({ password });
    const directory = mkdtempSync(join(tmpdir(), "local-twin-"));
    try {
      const certificateFile = join(directory, "certificate.pem");
      writeFileSync(certificateFile, twin.certificate);
      await prepare({ host: "localhost", port: twin.port, user: "sa", password, certificateFile });
      const settings = {
        host: "localhost",
        port: twin.port,
        user: "sa",
        password,
        certificateAuthority: twin.certificate,
      };
      const client = await connect("local", settings, "master");
      const [result] = await client.request(
        "SELECT CONVERT(int, value_in_use) AS value FROM sys.configurations WHERE name = N'clr enabled';",
        60,
      );
      await client.close();
      assert.deepEqual(result?.rows, [{ value: 1 }]);
    } finally {
      rmSync(directory, { recursive: true });
      await twin.close();
    }
  });
});
