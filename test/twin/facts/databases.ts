import type { Sheet } from "./fact";
export const databaseFacts: readonly Sheet[] = [];
