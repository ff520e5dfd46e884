/**
 * The catalog's own views as objects: sys.all_objects, sys.all_columns and OBJECT_ID know them, with negative ids.
 * The numbers are the twin's own; on a server they are not documented either.
 */
import type { CatalogColumn, ViewDefinition } from "./view";

export interface SystemObject {
  readonly id: number;
  readonly name: string;
  readonly schemaId: 3 | 4;
  readonly columns: readonly CatalogColumn[];
}

let objects: SystemObject[] = [];
let byName = new Map<string, SystemObject>();
let byId = new Map<number, SystemObject>();

/** Called once by catalog/index.ts: the declarations need this list, and it needs them. */
export function registerSystemObjects(definitions: readonly ViewDefinition[]): void {
  objects = definitions.map((definition, index) => ({
    id: -100 - index,
    name: definition.name,
    schemaId: definition.schema === "sys" ? 4 : 3,
    columns: definition.columns,
  }));
  byName = new Map(objects.map((object) => [`${object.schemaId}.${object.name.toLowerCase()}`, object]));
  byId = new Map(objects.map((object) => [object.id, object]));
}

export function systemObjects(): readonly SystemObject[] {
  return objects;
}

export function findSystemObject(schemaId: number, name: string): SystemObject | undefined {
  return byName.get(`${schemaId}.${name.toLowerCase()}`);
}

export function systemObjectById(id: number): SystemObject | undefined {
  return byId.get(id);
}
