/**
 * The conversations of an application as a whole: what cannot work although each object for itself is right. Pure; the component
 * BrokerConversation asks it about plain values, the kinds ask it about the catalog.
 * https://learn.microsoft.com/sql/database-engine/service-broker/sql-server-service-broker
 */
import type { SentBy } from "../../engine/snapshot/broker";
import { isSystemName, shown, type SchemaObject } from "./naming";

export interface TopologyContract {
  readonly name: string;
  readonly messages: Readonly<Record<string, SentBy>>;
}

export interface TopologyQueue extends SchemaObject {
  /** Procedure that the server starts when messages wait. */
  readonly activation?: SchemaObject | undefined;
}

export interface TopologyService {
  readonly name: string;
  readonly queue: SchemaObject;
  /** Contracts that it accepts as target. */
  readonly contracts: readonly string[];
}

export interface TopologyConversation {
  readonly from: string;
  readonly to: string;
  readonly contract: string;
  /** The far service is in another database or on another server, so nothing is known about it. Default false. */
  readonly isRemote?: boolean | undefined;
}

export interface Topology {
  readonly messageTypes: readonly string[];
  readonly contracts: readonly TopologyContract[];
  readonly queues: readonly TopologyQueue[];
  readonly services: readonly TopologyService[];
  /** undefined = who talks to whom is not known, and nothing is said about it. */
  readonly conversations?: readonly TopologyConversation[] | undefined;
  /** Routes lead to other servers, so a contract may have its target there. Default false. */
  readonly reachesOthers?: boolean | undefined;
  /** Procedures that exist or will; undefined = not known. */
  readonly procedures?: readonly SchemaObject[] | undefined;
}

export type TopologyProblem =
  | "missing-message-type"
  | "missing-contract"
  | "missing-queue"
  | "missing-service"
  | "missing-procedure"
  | "message-nobody-sends"
  | "message-nobody-receives"
  | "nothing-for-initiator"
  | "contract-nobody-uses"
  | "service-without-contract"
  | "queue-without-service"
  | "target-refuses"
  | "ends-reversed";

export interface TopologyIssue {
  readonly problem: TopologyProblem;
  readonly type: "message type" | "contract" | "queue" | "service" | "conversation";
  /** Name of the object; of a queue with its schema, of a conversation "from -> to". */
  readonly name: string;
  /** One sentence: what is wrong, and what to do. */
  readonly text: string;
}

type Report = (problem: TopologyProblem, type: TopologyIssue["type"], name: string, text: string) => void;

/** Everything that is wrong, objects in the order in which they are given. */
export function checkTopology(topology: Topology): TopologyIssue[] {
  const issues: TopologyIssue[] = [];
  const report: Report = (problem, type, name, text) => void issues.push({ problem, type, name, text });
  checkMessageTypes(topology, report);
  for (const contract of topology.contracts) checkContract(contract, topology, report);
  for (const queue of topology.queues) checkQueue(queue, topology, report);
  for (const service of topology.services) checkService(service, topology, report);
  for (const conversation of topology.conversations ?? []) checkConversation(conversation, topology, report);
  return issues;
}

function checkMessageTypes({ messageTypes, contracts }: Topology, report: Report): void {
  const carried = new Set(contracts.flatMap(({ messages }) => Object.keys(messages)));
  for (const name of messageTypes)
    if (!carried.has(name))
      report(
        "message-nobody-sends",
        "message type",
        name,
        `message type "${name}" is in no contract, so nobody can send it; add it to one${hint(name, [...carried])}`,
      );
}

function checkContract({ name, messages }: TopologyContract, topology: Topology, report: Report): void {
  const entries = Object.entries(messages);
  for (const [message] of entries)
    if (!isSystemName(message) && !topology.messageTypes.includes(message))
      report(
        "missing-message-type",
        "contract",
        name,
        `contract "${name}" names message type "${message}", which is not there; make it${hint(message, topology.messageTypes)}`,
      );
  if (!entries.some(([, sentBy]) => sentBy !== "target"))
    report(
      "nothing-for-initiator",
      "contract",
      name,
      `contract "${name}" has nothing that the initiator may send (8492); give one message initiator or any`,
    );
  const isRemote =
    topology.reachesOthers === true ||
    topology.conversations?.some((each) => each.isRemote === true && each.contract === name) === true;
  if (!isRemote && !topology.services.some(({ contracts }) => contracts.includes(name))) {
    const sent = entries.filter(([, sentBy]) => sentBy !== "target").map(([message]) => `"${message}"`);
    report(
      "message-nobody-receives",
      "contract",
      name,
      `no service accepts contract "${name}", so nobody receives ${sent.join(", ") || "its messages"}; add it to the contracts of the target${hint(
        name,
        topology.services.flatMap(({ contracts }) => contracts),
      )}`,
    );
  }
  if (topology.conversations !== undefined && !topology.conversations.some(({ contract }) => contract === name))
    report(
      "contract-nobody-uses",
      "contract",
      name,
      `no conversation is on contract "${name}", so nobody sends its messages; begin one, or leave the contract out`,
    );
}

function checkQueue(queue: TopologyQueue, { services, procedures }: Topology, report: Report): void {
  const name = shown(queue);
  if (!services.some((service) => isSameObject(service.queue, queue)))
    report(
      "queue-without-service",
      "queue",
      name,
      `queue "${name}" has no service, so nothing ever arrives in it; give it one, or leave it out`,
    );
  const { activation } = queue;
  if (activation !== undefined && procedures?.some((procedure) => isSameObject(procedure, activation)) === false)
    report(
      "missing-procedure",
      "queue",
      name,
      `queue "${name}" activates procedure "${shown(activation)}", which is not there; make it before the queue${hint(shown(activation), procedures.map(shown))}`,
    );
}

function checkService({ name, queue, contracts }: TopologyService, topology: Topology, report: Report): void {
  if (!topology.queues.some((each) => isSameObject(each, queue)))
    report(
      "missing-queue",
      "service",
      name,
      `service "${name}" uses queue "${shown(queue)}", which is not there; make it${hint(shown(queue), topology.queues.map(shown))}`,
    );
  for (const contract of contracts.filter((each) => !isKnownContract(each, topology)))
    report(
      "missing-contract",
      "service",
      name,
      `service "${name}" accepts contract "${contract}", which is not there; make it${hint(contract, namesOf(topology.contracts))}`,
    );
  if (contracts.length === 0 && topology.conversations?.some(({ from }) => from === name) === false)
    report(
      "service-without-contract",
      "service",
      name,
      `service "${name}" accepts no contract and begins no conversation, so it can do nothing; give it a contract`,
    );
}

function checkConversation(
  { from, to, contract, isRemote }: TopologyConversation,
  topology: Topology,
  report: Report,
): void {
  const name = `${from} -> ${to}`;
  const services = namesOf(topology.services);
  const missing = (service: string): void =>
    report(
      "missing-service",
      "conversation",
      name,
      `the conversation from "${from}" to "${to}" needs service "${service}", which is not there; make it${hint(service, services)}`,
    );
  if (!services.includes(from)) missing(from);
  if (!isKnownContract(contract, topology))
    report(
      "missing-contract",
      "conversation",
      name,
      `the conversation from "${from}" to "${to}" is on contract "${contract}", which is not there; make it${hint(contract, namesOf(topology.contracts))}`,
    );
  if (isRemote === true) return;
  const target = topology.services.find((service) => service.name === to);
  if (target === undefined) return missing(to);
  if (target.contracts.includes(contract)) return;
  const initiator = topology.services.find((service) => service.name === from);
  if (initiator?.contracts.includes(contract) === true)
    return report(
      "ends-reversed",
      "conversation",
      name,
      `the conversation begins at "${from}", but it is "${from}" that accepts contract "${contract}", and "${to}" does not (8408); the target is the one that accepts it`,
    );
  report(
    "target-refuses",
    "conversation",
    name,
    `service "${to}" does not accept contract "${contract}", so the conversation from "${from}" ends with an error (8408); add it to the contracts of "${to}"${hint(contract, target.contracts)}`,
  );
}

function isKnownContract(name: string, { contracts }: Topology): boolean {
  return isSystemName(name) || contracts.some((contract) => contract.name === name);
}

function namesOf(named: readonly { readonly name: string }[]): string[] {
  return named.map(({ name }) => name);
}

/** Whether names of queues have case is a matter of the database; where it is unknown, they do not: no false alarm. */
function isSameObject(left: SchemaObject, right: SchemaObject): boolean {
  return shown(left).toUpperCase() === shown(right).toUpperCase();
}

/** The name that was meant, when only case or spaces differ. */
function hint(name: string, candidates: readonly string[]): string {
  const plain = (text: string): string => text.replaceAll(/\s/g, "").toUpperCase();
  const meant = candidates.find((candidate) => candidate !== name && plain(candidate) === plain(name));
  return meant === undefined ? "" : ` (there is "${meant}": names are compared byte by byte)`;
}
