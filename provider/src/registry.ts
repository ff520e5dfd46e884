/** The only list of kinds. A kind may leave it only when no stack holds one: stored states load today's registry. */
import type { AnyKind } from "./contract";
import { UnknownKindError } from "./errors";
import { brokerContractKind } from "./kinds/broker/contract";
import { brokerEndpointKind } from "./kinds/broker/endpoint";
import { brokerMessageTypeKind } from "./kinds/broker/message-type";
import { brokerPriorityKind } from "./kinds/broker/priority";
import { brokerQueueKind } from "./kinds/broker/queue";
import { remoteServiceBindingKind } from "./kinds/broker/remote-service-binding";
import { brokerRouteKind } from "./kinds/broker/route";
import { brokerServiceKind } from "./kinds/broker/service";
import { procedureBundleKind } from "./kinds/bundle";
import { clrAssemblyKind } from "./kinds/clr/assembly";
import { clrBindingsKind } from "./kinds/clr/bindings";
import { databaseKind } from "./kinds/database";
import { filegroupKind } from "./kinds/filegroup";
import { partitionSchemeKind } from "./kinds/partition-scheme";
import { schemaKind } from "./kinds/schema";
import { grantsKind } from "./kinds/security/grants";
import { loginKind } from "./kinds/security/login";
import { databaseRoleKind } from "./kinds/security/role";
import { userKind } from "./kinds/security/user";
import { tableKind, tableSetKind } from "./kinds/table";
import { verificationKind } from "./kinds/verification";

export const registry = {
  Database: databaseKind,
  Filegroup: filegroupKind,
  PartitionScheme: partitionSchemeKind,
  Schema: schemaKind,
  TableSet: tableSetKind,
  Table: tableKind,
  ProcedureBundle: procedureBundleKind,
  ClrAssembly: clrAssemblyKind,
  ClrBindings: clrBindingsKind,
  BrokerMessageType: brokerMessageTypeKind,
  BrokerContract: brokerContractKind,
  BrokerQueue: brokerQueueKind,
  BrokerService: brokerServiceKind,
  BrokerRoute: brokerRouteKind,
  RemoteServiceBinding: remoteServiceBindingKind,
  BrokerPriority: brokerPriorityKind,
  BrokerEndpoint: brokerEndpointKind,
  Login: loginKind,
  User: userKind,
  DatabaseRole: databaseRoleKind,
  Grants: grantsKind,
  Verification: verificationKind,
} as const satisfies Record<string, unknown>;

export type KindName = keyof typeof registry;

export function findKind(name: string): AnyKind | undefined {
  return Object.hasOwn(registry, name) ? (registry[name as KindName] as unknown as AnyKind) : undefined;
}

/** @throws UnknownKindError */
export function kindOf(name: string): AnyKind {
  const kind = findKind(name);
  if (!kind)
    throw new UnknownKindError(
      `kind "${name}" is not known to this version of pulumi-sqlserver; install the version that made the resource`,
    );
  return kind;
}
