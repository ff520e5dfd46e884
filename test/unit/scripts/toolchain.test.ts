/** How the Pulumi CLI is found and built, with a `go` that only writes a script: no network, no compiler. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const script = resolve(__dirname, "..", "..", "..", "scripts", "toolchain.js");

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("the Pulumi CLI of the scripts", function () {
  if (process.platform === "win32") return;
  this.timeout(60_000);
  let home: string;
  let bin: string;
  const cache = (): string => join(home, ".cache", "pulumi-sqlserver");
  const cached = (): string[] => (existsSync(cache()) ? readdirSync(cache()) : []);

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "toolchain-"));
    bin = join(home, "bin");
    mkdirSync(bin);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  function program(path: string, text: string): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  }
  const answers = (version: string): string => `[ "$1" = version ] && echo ${version}`;

  /** `go build -o FILE` writes a program that answers; every build leaves a line in `builds`. */
  function go(seconds: number, version = "v3.259.0"): void {
    const built = answers(version).replaceAll('"', '\\"').replaceAll("$", "\\$");
    program(
      join(bin, "go"),
      `[ "$1" = build ] || exit 0
sleep ${seconds}
while [ $# -gt 0 ]; do [ "$1" = -o ] && out="$2"; shift; done
echo built >> ${join(home, "builds")}
printf '#!/bin/sh\\n%s\\n' "${built}" > "$out"
chmod +x "$out"`,
    );
  }
  const builds = (): number =>
    existsSync(join(home, "builds")) ? readFileSync(join(home, "builds"), "utf8").trim().split("\n").length : 0;

  function start(variables: NodeJS.ProcessEnv = {}): {
    kill(): void;
    done: Promise<Outcome>;
    said(text: string): Promise<void>;
  } {
    const env = { HOME: home, PATH: `${bin}:/usr/bin:/bin`, PULUMI_SQLSERVER_NO_DOWNLOAD: "1", ...variables };
    const child = spawn(process.execPath, [script], { env, detached: true });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data) => (stdout += String(data)));
    child.stderr.on("data", (data) => (stderr += String(data)));
    const done = new Promise<Outcome>((settle) => child.on("close", (code) => settle({ code, stdout, stderr })));
    const said = async (text: string): Promise<void> => {
      while (!stderr.includes(text)) await new Promise((settle) => setTimeout(settle, 20));
    };
    return { kill: () => process.kill(-child.pid!, "SIGKILL"), done, said };
  }

  it("is the one that PULUMI_CLI names", async () => {
    const own = program(join(home, "elsewhere", "pulumi"), answers("v3.1.0"));
    assert.equal((await start({ PULUMI_CLI: own }).done).stdout, `${own}\n`);
  });
  it("is refused when PULUMI_CLI names something that does not answer", async () => {
    const { code, stderr } = await start({ PULUMI_CLI: program(join(home, "broken"), "exit 3") }).done;
    assert.equal(code, 1);
    assert.match(stderr, /PULUMI_CLI names a program that does not answer/);
  });
  it("is the one on PATH before anything is built", async () => {
    go(0);
    const own = program(join(bin, "pulumi"), answers("v3.200.0"));
    assert.equal((await start().done).stdout, `${own}\n`);
    assert.equal(builds(), 0);
  });
  it("is built once, with its language host, and found again", async () => {
    go(0);
    const first = await start().done;
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /building pulumi from Go modules/);
    assert.match(first.stderr, /took \d+\.\d s/);
    assert.equal(builds(), 2);
    assert.ok(existsSync(join(dirname(first.stdout.trim()), "pulumi-language-nodejs")));
    assert.equal((await start().done).stdout, first.stdout);
    assert.equal(builds(), 2);
  });
  it("is built once for two callers at the same time", async () => {
    go(1);
    const [one, two] = await Promise.all([start().done, start().done]);
    assert.equal(one.stdout, two.stdout);
    assert.equal(builds(), 2);
    assert.match(one.stderr + two.stderr, /another process is preparing the CLI/);
  });
  it("is not half there when the builder is killed, and the next caller builds it", async () => {
    go(20);
    const killed = start();
    await killed.said("building pulumi from");
    killed.kill();
    await killed.done;
    assert.deepEqual(
      cached().filter((name) => !/\.(lock|tmp-)/.test(name)),
      [],
      "something that looks finished",
    );
    go(0);
    const next = await start().done;
    assert.equal(next.code, 0, next.stderr);
    assert.deepEqual(
      cached().filter((name) => /\.(lock|tmp-)/.test(name)),
      [],
      "what the killed one left is not removed",
    );
  });
  it("is not kept when it does not answer", async () => {
    go(0, "nonsense");
    const { code, stderr } = await start().done;
    assert.equal(code, 1);
    assert.match(stderr, /does not answer/);
    assert.deepEqual(cached(), []);
  });
  it("says what to install when there is neither a download nor Go", async () => {
    const { code, stderr } = await start().done;
    assert.equal(code, 1);
    assert.match(stderr, /pulumi\.com\/docs\/install/);
    assert.match(stderr, /go\.dev\/dl/);
    assert.match(stderr, /PULUMI_CLI/);
  });
});
