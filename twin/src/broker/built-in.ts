/**
 * What every database is born with, and how names are found: byte by byte, whatever the collation.
 * Reference sheet "service broker" 13 and 15; ids below 65536 are built in, and the numbers of all but DEFAULT are the twin's own.
 */
import type { Contract, MessageType, Service } from "../storage/model-broker";
import type { Database } from "../storage/model";

const BROKER = "http://schemas.microsoft.com/SQL/ServiceBroker/";
const NOTIFICATIONS = "http://schemas.microsoft.com/SQL/Notifications/";
const DBO = 1;
export const FIRST_USER_ID = 65536;

const types: readonly [name: string, id: number, validation: MessageType["validation"]][] = [
  [`${NOTIFICATIONS}EventNotification`, 1, "X"],
  [`${NOTIFICATIONS}QueryNotification`, 2, "X"],
  [`${BROKER}Error`, 3, "X"],
  [`${BROKER}EndDialog`, 4, "E"],
  [`${BROKER}DialogTimer`, 5, "E"],
  [`${BROKER}BrokerConfigurationNotice/MissingRoute`, 6, "X"],
  [`${BROKER}BrokerConfigurationNotice/FailedRoute`, 7, "X"],
  [`${BROKER}BrokerConfigurationNotice/MissingRemoteServiceBinding`, 8, "X"],
  [`${BROKER}BrokerConfigurationNotice/FailedRemoteServiceBinding`, 9, "X"],
  [`${BROKER}ServiceEcho/Echo`, 10, "N"],
  [`${BROKER}ServiceDiagnostic/Query`, 11, "X"],
  [`${BROKER}ServiceDiagnostic/Status`, 12, "X"],
  [`${BROKER}ServiceDiagnostic/Description`, 13, "X"],
  ["DEFAULT", 14, "N"],
];

const systemMessageTypes: readonly MessageType[] = types.map(([name, id, validation]) => ({
  name,
  id,
  validation,
  principalId: DBO,
}));

const byId = new Map(systemMessageTypes.map((type) => [type.id, type]));
export const ERROR_MESSAGE = byId.get(3)!;
export const END_DIALOG = byId.get(4)!;
export const DIALOG_TIMER = byId.get(5)!;

/** name, id, ids of the message types that the initiator may send. */
const contracts: readonly [name: string, id: number, messageTypes: readonly number[]][] = [
  [`${NOTIFICATIONS}PostEventNotification`, 1, [1]],
  [`${NOTIFICATIONS}PostQueryNotification`, 2, [2]],
  [`${BROKER}BrokerConfigurationNotice`, 3, [6, 7, 8, 9]],
  [`${BROKER}ServiceEcho`, 4, [10]],
  [`${BROKER}ServiceDiagnostic`, 5, [11, 12, 13]],
  ["DEFAULT", 6, [14]],
];

const systemContracts: readonly Contract[] = contracts.map(([name, id, typeIds]) => ({
  name,
  id,
  principalId: DBO,
  messages: typeIds.map((typeId) => ({ typeId, initiator: true, target: id === 6 })),
}));

export const systemQueues: readonly (readonly [name: string, id: number])[] = [
  ["QueryNotificationErrorsQueue", 1977058079],
  ["EventNotificationErrorsQueue", 2009058193],
  ["ServiceBrokerQueue", 2041058307],
];

const systemServices: readonly Service[] = [
  { name: `${NOTIFICATIONS}QueryNotificationService`, id: 1, principalId: DBO, queueId: 1977058079, contractIds: [2] },
  { name: `${NOTIFICATIONS}EventNotificationService`, id: 2, principalId: DBO, queueId: 2009058193, contractIds: [1] },
  { name: `${BROKER}ServiceBroker`, id: 3, principalId: DBO, queueId: 2041058307, contractIds: [4, 5] },
];

export function* messageTypesOf(database: Database): Iterable<MessageType> {
  yield* systemMessageTypes;
  yield* database.messageTypes.values();
}

export function* contractsOf(database: Database): Iterable<Contract> {
  yield* systemContracts;
  yield* database.contracts.values();
}

export function* servicesOf(database: Database): Iterable<Service> {
  yield* systemServices;
  yield* database.services.values();
}

export function named<T extends { name: string }>(list: Iterable<T>, name: string): T | undefined {
  for (const one of list) if (one.name === name) return one;
  return undefined;
}

export function contractById(database: Database, id: number): Contract | undefined {
  return database.contracts.get(id) ?? systemContracts.find((contract) => contract.id === id);
}
