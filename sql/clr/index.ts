/** The assemblies of the reference database, as ClrAssembly and ClrBindings take them; the paths are seen from the Pulumi programs. */

/** Vector operations, JSON bridges, an aggregate, a type and table functions: SAFE, so it runs on every host. */
export const vectors = { name: "Hartonomous.Clr", file: "../sql/clr/bin/Hartonomous.Clr.dll" } as const;

/** Access to files of the server: needs PERMISSION_SET = UNSAFE, and so Windows and consent. */
export const files = {
  name: "Hartonomous.Files",
  file: "../sql/clr/bin/Hartonomous.Files.dll",
  permissionSet: "UNSAFE",
} as const;
