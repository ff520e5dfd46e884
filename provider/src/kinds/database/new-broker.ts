/**
 * Another broker identifier, for a restored copy that has the one of its original (9772, 9773). SQL Server has only the act, not a
 * state to wish for, so a program names the identifier that must go. It ends every conversation of the database.
 * https://learn.microsoft.com/sql/database-engine/service-broker/managing-service-broker-identities
 */
import type { PlanContext, Probe, Refusal, Statement } from "../../contract";
import { alterDatabase } from "../alter-database";
import { amount, conversationsOfDatabase, countedConversations, lossHazards } from "../broker/loss";
import { exclusiveHazard, exclusiveTimeout, needsAlone, termination } from "../exclusive-access";
import type { DesiredDatabase } from "./inputs";
import { owned, type LiveDatabase } from "./live";

export const newBroker = "NEW_BROKER";

/** Once the identifier is another, there is nothing to do. */
export function getsNewBroker({ retiredBrokerGuid }: DesiredDatabase, { row }: LiveDatabase): boolean {
  return retiredBrokerGuid?.toLowerCase() === row.serviceBrokerGuid.toLowerCase();
}

export function newBrokerProbes(desired: DesiredDatabase, live: LiveDatabase): readonly Probe[] {
  return getsNewBroker(desired, live) ? [conversationsOfDatabase(live.row.name)] : [];
}

export function newBrokerRefusals(desired: DesiredDatabase, live: LiveDatabase, context: PlanContext): Refusal[] {
  if (!getsNewBroker(desired, live) || context.capabilities.flavor === "server") return [];
  return [
    {
      property: "retiredBrokerGuid",
      reason: "the Azure flavours do not change the broker of a database; leave it out there",
    },
  ];
}

export function newBrokerStatements(desired: DesiredDatabase, live: LiveDatabase, context: PlanContext): Statement[] {
  if (!getsNewBroker(desired, live)) return [];
  const { name, disconnectAfterSeconds } = desired;
  const count = countedConversations(context);
  const detail = `gives the database another broker identifier, ends its conversations without a word to the far sides and throws their messages away: ${amount(count, "conversation")}`;
  return [
    alterDatabase(
      { database: name, object: owned(name) },
      `set ${newBroker} on database ${name}`,
      `SET ${newBroker}${termination(disconnectAfterSeconds)}`,
      {
        hazards: [exclusiveHazard(name, newBroker, disconnectAfterSeconds), ...lossHazards(name, [count], detail)],
        timeoutSeconds: exclusiveTimeout(disconnectAfterSeconds),
        exclusive: needsAlone(name),
      },
    ),
  ];
}

export const newBrokerNote =
  "Routes on other servers that name the old broker identifier (BROKER_INSTANCE) lead nowhere from now on: give them the output serviceBrokerGuid. " +
  "The server switches delivery on with the new identifier; brokerEnabled says what it is to be.";
