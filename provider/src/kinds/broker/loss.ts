/**
 * What would end conversations or throw messages away: counted before, refused without the consent `messages-lost`.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-conversation-endpoints-transact-sql
 */
import type { Hazard, PlanContext, Probe } from "../../contract";
import { quoteNames } from "../../engine/quoting";
import type { SchemaObject } from "./naming";

const conversationsKey = "conversations";
const messagesKey = "messages";

/** Conversations that have not ended on both sides, each once though both ends may be here; `where` holds ids of the catalog only. */
function countConversations(where: string): string {
  return `SELECT COUNT(DISTINCT e.conversation_id) FROM sys.conversation_endpoints AS e WHERE ${where}e.state <> 'CD' AND e.is_system = 0`;
}

export function conversationsOfContract(database: string, contractId: number): Probe {
  return conversations(database, `e.service_contract_id = ${contractId} AND `);
}

export function conversationsOfService(database: string, serviceId: number): Probe {
  return conversations(database, `e.service_id = ${serviceId} AND `);
}

/** Those that others began on contracts that the service is about to give up. */
export function conversationsAtTarget(database: string, serviceId: number, contractIds: readonly number[]): Probe {
  const contracts = contractIds.length === 0 ? "" : `e.service_contract_id IN (${contractIds.join(", ")}) AND `;
  return conversations(database, `e.service_id = ${serviceId} AND e.is_initiator = 0 AND ${contracts}`);
}

export function conversationsOfDatabase(database: string): Probe {
  return conversations(database, "");
}

function conversations(database: string, where: string): Probe {
  return { key: conversationsKey, database, query: `SELECT (${countConversations(where)}) AS conversations;` };
}

/** NOLOCK: a reader that holds messages in its transaction must not stop a preview. */
export function messagesInQueue(database: string, queue: SchemaObject, serviceId?: number): Probe {
  const of = serviceId === undefined ? "" : ` WHERE service_id = ${serviceId}`;
  return {
    key: messagesKey,
    database,
    query: `SELECT COUNT(*) AS messages FROM ${quoteNames(queue.schema, queue.name)} WITH (NOLOCK)${of};`,
  };
}

/** undefined = nobody counted. */
export function countedConversations(context: PlanContext): number | undefined {
  return counted(context, conversationsKey, "conversations");
}

export function countedMessages(context: PlanContext): number | undefined {
  return counted(context, messagesKey, "messages");
}

function counted({ answers }: PlanContext, probe: string, column: string): number | undefined {
  const answer = answers.get(probe);
  return answer === undefined ? undefined : Number(answer[column] ?? 0);
}

export function amount(count: number | undefined, noun: string): string {
  return count === undefined ? `an unknown number of ${noun}s` : `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** None when everything was counted and nothing is there; what nobody counted is taken to be there. */
export function lossHazards(object: string, counts: readonly (number | undefined)[], detail: string): Hazard[] {
  const known = counts.filter((count) => count !== undefined);
  const rows = known.reduce((sum, count) => sum + count, 0);
  if (known.length === counts.length && rows === 0) return [];
  return [{ type: "messages-lost", object, detail, ...(known.length === counts.length ? { rows } : {}) }];
}
