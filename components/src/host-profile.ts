/** What a host can hold, as its stack configuration says it. Everything else about the host is in `sqlserver:servers`. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

const directory = z
  .string()
  .min(1)
  .max(200)
  .regex(/^([A-Za-z]:[\\/]|\\\\|\/)[^\0]*$/, "give a full path, as the server sees it")
  .optional();

const Profile = z.strictObject({
  server: z.string().min(1).describe("Name of the server in the secret configuration sqlserver:servers."),
  platform: z.enum(["linux", "windows"]).describe("What the server runs on."),
  filestream: z.boolean().default(false).describe("FILESTREAM is enabled on the instance; Windows only."),
  unsafeClr: z
    .boolean()
    .default(false)
    .describe("Assemblies beyond SAFE are wanted there; Windows only. Each also needs the consent unsafe-code."),
  dataDirectory: directory.describe("Directory on the server for data files. Default: the server's own."),
  logDirectory: directory.describe("Directory on the server for the log. Default: the server's own."),
});

/** A host. `filestream` and `unsafeClr` are false unless the configuration says otherwise. */
export type HostProfile = z.infer<typeof Profile>;

/** What a part of a database may need of its host. */
export type HostFeature = "filestream" | "unsafeClr";

const linuxLacks = {
  filestream: "SQL Server on Linux has no FILESTREAM",
  unsafeClr: "SQL Server on Linux loads SAFE assemblies only",
} as const satisfies Record<HostFeature, string>;

const example = `  <project>:host:
    server: my-server
    platform: linux`;

/**
 * The profile in the stack configuration `host` of the project, e.g. `hartonomous:host` in Pulumi.<stack>.yaml.
 * @throws pulumi.RunError that lists everything that is wrong with it.
 */
export function hostProfile(config = new pulumi.Config()): HostProfile {
  const given = config.getObject<unknown>("host");
  if (given === undefined)
    throw new pulumi.RunError(
      `the stack has no configuration "${config.name}:host"; write it into Pulumi.${pulumi.getStack()}.yaml below config:\n${example.replace("<project>", config.name)}`,
    );
  const { profile, problems } = parseHostProfile(given);
  if (profile === undefined)
    throw new pulumi.RunError(`the configuration "${config.name}:host" is wrong:\n  ${problems.join("\n  ")}`);
  return profile;
}

/** Never throws; without a profile there is at least one problem. */
export function parseHostProfile(given: unknown): {
  readonly profile: HostProfile | undefined;
  readonly problems: readonly string[];
} {
  const result = Profile.safeParse(given);
  if (!result.success)
    return {
      profile: undefined,
      problems: result.error.issues.map(({ path, message }) => `${path.join(".") || "host"}: ${message}`),
    };
  const profile = result.data;
  if (profile.platform === "windows") return { profile, problems: [] };
  const problems = (["filestream", "unsafeClr"] as const)
    .filter((feature) => profile[feature])
    .map((feature) => `${feature}: ${linuxLacks[feature]}; take it away`);
  return { profile: problems.length === 0 ? profile : undefined, problems };
}

/** Why the host has not the feature; undefined when it has it. */
export function whyLacking(host: HostProfile, feature: HostFeature): string | undefined {
  if (host[feature]) return undefined;
  return host.platform === "linux"
    ? linuxLacks[feature]
    : `the profile of host "${host.server}" has no ${feature}: true`;
}

/** The full path of a file or folder in a directory of the host; undefined where the server chooses. */
export function pathOn(host: HostProfile, parent: string | undefined, file: string): string | undefined {
  if (parent === undefined) return undefined;
  const separator = host.platform === "windows" ? "\\" : "/";
  return parent.replace(/[\\/]+$/, "") + separator + file;
}
