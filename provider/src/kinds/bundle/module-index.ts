/** Modules of a bundle by name, as the database compares names. Types and database triggers have name spaces of their own. */
import type { NameComparer } from "../../engine/names";
import type { ModuleKind } from "../../tsql/module-header";
import type { ModuleSource } from "../../tsql/module-source";
import { moduleName } from "./live-module";

export interface NamedModule {
  readonly kind: ModuleKind;
  readonly schema: string;
  readonly name: string;
}

export class ModuleIndex {
  private readonly positions = new Map<string, number>();
  /** Later definitions of a name that is taken already, with the position of the first. */
  readonly duplicates: { readonly first: number; readonly second: number }[] = [];

  constructor(
    readonly modules: readonly ModuleSource[],
    private readonly names: NameComparer,
  ) {
    modules.forEach((module, position) => {
      const key = this.key(module);
      const first = this.positions.get(key);
      if (first === undefined) this.positions.set(key, position);
      else this.duplicates.push({ first, second: position });
    });
  }

  key(module: NamedModule): string {
    const space = module.kind === "type" ? "type" : module.schema === "" ? "database" : "object";
    return `${space}\0${this.names.key(module.schema)}\0${this.names.key(module.name)}`;
  }

  find(space: "object" | "type", schema: string, name: string): number | undefined {
    return this.positions.get(`${space}\0${this.names.key(schema)}\0${this.names.key(name)}`);
  }

  has(module: NamedModule): boolean {
    return this.positions.has(this.key(module));
  }

  positionOf(module: NamedModule): number | undefined {
    return this.positions.get(this.key(module));
  }
}

/** "sql/orders.sql:12", a place to click on. */
export function placeOf(module: ModuleSource, lineInText?: number): string {
  return `${module.file}:${lineInText === undefined ? module.headerLine : module.line + lineInText - 1}`;
}

/** `view dbo.v`. */
export function nounOf(module: NamedModule): string {
  return `${module.kind} ${moduleName(module)}`;
}
