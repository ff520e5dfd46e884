/** Broker rows of an ordinary database, and the way from inputs to a plan: a test names only what it is about. */
import assert from "node:assert/strict";
import type { JsonValue, Kind, OwnedObject, Plan, PlanContext, ProbeRow } from "../../../provider/src/contract";
import type { DatabaseRows } from "../../../provider/src/engine/catalog-snapshot";
import type {
  BrokerContractMessageRow,
  BrokerEndpointRow,
  BrokerMessageTypeRow,
  BrokerPriorityRow,
  BrokerQueueRow,
  BrokerRouteRow,
  BrokerServiceContractRow,
  RemoteServiceBindingRow,
} from "../../../provider/src/engine/snapshot/broker";
import type { PrincipalRow } from "../../../provider/src/engine/snapshot/security";
import type { ServerRow, DatabaseRow } from "../../../provider/src/engine/snapshot/server";
import { InvalidInputsError } from "../../../provider/src/errors";
import { databaseRow, objectRow, planContext, snapshot } from "../../catalog-rows";
import { record } from "../../golden";

export const common = { server: "hart-server", owner: "shop/dev/Broker/one", database: "sales" } as const;

export function messageTypeRow(special: Partial<BrokerMessageTypeRow> = {}): BrokerMessageTypeRow {
  return {
    messageTypeId: 65_536,
    name: "//shop/Order",
    owner: "dbo",
    validation: "N",
    collectionSchema: null,
    collectionName: null,
    ...special,
  };
}

export function contractRow(special: Partial<BrokerContractMessageRow> = {}): BrokerContractMessageRow {
  return {
    contractId: 65_536,
    name: "//shop/Orders",
    owner: "dbo",
    messageType: "//shop/Order",
    isSentByInitiator: true,
    isSentByTarget: false,
    ...special,
  };
}

export function queueRow(special: Partial<BrokerQueueRow> = {}): BrokerQueueRow {
  return {
    objectId: 3001,
    schemaName: "dbo",
    name: "Orders",
    owner: null,
    isReceiveEnabled: true,
    isEnqueueEnabled: true,
    isRetentionEnabled: false,
    isPoisonMessageHandlingEnabled: true,
    isActivationEnabled: false,
    activationProcedure: null,
    maxReaders: 0,
    executeAs: null,
    isExecutedAsOwner: false,
    filegroup: "PRIMARY",
    ...special,
  };
}

/** The queue with the activation of `activation`. */
export const activated: Partial<BrokerQueueRow> = {
  isActivationEnabled: true,
  activationProcedure: "[sales].[dbo].[TakeOrders]",
  maxReaders: 2,
  isExecutedAsOwner: true,
};
export const activation = { procedure: { name: "TakeOrders" }, maxReaders: 2 } as const;

export function serviceRow(special: Partial<BrokerServiceContractRow> = {}): BrokerServiceContractRow {
  return {
    serviceId: 65_536,
    name: "//shop/OrderService",
    owner: "dbo",
    queueSchema: "dbo",
    queueName: "Orders",
    contract: "//shop/Orders",
    ...special,
  };
}

export function routeRow(special: Partial<BrokerRouteRow> = {}): BrokerRouteRow {
  return {
    routeId: 65_537,
    name: "ToWarehouse",
    owner: "dbo",
    serviceName: "//warehouse/Stock",
    brokerInstance: null,
    expiresAt: null,
    address: "TCP://warehouse:4022",
    mirrorAddress: null,
    ...special,
  };
}

export function bindingRow(special: Partial<RemoteServiceBindingRow> = {}): RemoteServiceBindingRow {
  return {
    bindingId: 65_536,
    name: "Warehouse",
    owner: "dbo",
    serviceName: "//warehouse/Stock",
    user: "warehouse",
    isAnonymous: false,
    ...special,
  };
}

export function priorityRow(special: Partial<BrokerPriorityRow> = {}): BrokerPriorityRow {
  return {
    name: "OrdersFirst",
    contract: "//shop/Orders",
    localService: null,
    remoteService: null,
    level: 8,
    ...special,
  };
}

export function endpointRow(special: Partial<BrokerEndpointRow> = {}): BrokerEndpointRow {
  return {
    endpointId: 65_536,
    name: "Broker",
    owner: "sa",
    state: "STARTED",
    port: 4022,
    ipAddress: null,
    authentication: 3,
    certificate: null,
    encryption: 2,
    isForwarding: false,
    forwardSizeMb: 10,
    ...special,
  };
}

export function principalRow(special: Partial<PrincipalRow> = {}): PrincipalRow {
  return {
    principalId: 5,
    name: "warehouse",
    type: "S",
    defaultSchema: null,
    owner: null,
    sid: null,
    isFixedRole: false,
    authentication: "NONE",
    login: null,
    ...special,
  };
}

export const takeOrders = objectRow({ objectId: 2002, name: "TakeOrders" });
export const ordersQueue = objectRow({ objectId: 3001, name: "Orders", type: "SQ" });

export interface Around {
  readonly server?: Partial<ServerRow>;
  readonly database?: Partial<DatabaseRow>;
  readonly endpoints?: readonly BrokerEndpointRow[];
  readonly answers?: Readonly<Record<string, ProbeRow>>;
  readonly owned?: readonly OwnedObject[];
}

export function around(rows: Partial<DatabaseRows> = {}, special: Around = {}): PlanContext {
  const catalog = snapshot({
    databases: [databaseRow(special.database)],
    rows,
    ...(special.server ? { server: special.server } : {}),
    ...(special.endpoints ? { endpoints: special.endpoints } : {}),
  });
  return planContext(catalog, {
    answers: new Map(Object.entries(special.answers ?? {})),
    ...(special.owned ? { owned: special.owned } : {}),
  });
}

/** What a test does with one kind. */
export class KindUnderTest<Inputs, Desired, Identity extends JsonValue, Live> {
  constructor(private readonly kind: Kind<Inputs, Desired, Identity, Live>) {}

  desired(given: object): Desired {
    const { database, ...serverCommon } = common;
    const parsed = this.kind.inputs.parse({
      ...("database" in this.kind.changes ? { database } : {}),
      ...serverCommon,
      ...given,
    });
    return this.kind.desired(parsed);
  }

  /** All reasons against the inputs, or "". */
  issues(given: object): string {
    try {
      this.desired(given);
    } catch (error) {
      assert.ok(error instanceof InvalidInputsError, String(error));
      return error.message;
    }
    return "";
  }

  live(given: object, context: PlanContext): Live | undefined {
    return this.kind.read(context.catalog, this.kind.identity(this.desired(given)), context.owned);
  }

  probes(given: object | undefined, identity: object, context: PlanContext): string[] {
    const live = this.live(identity, context);
    const desired = given === undefined ? undefined : this.desired(given);
    return this.kind.probes(desired, live, context.catalog).map(({ query }) => query);
  }

  plan(given: object, context: PlanContext): Plan {
    return record(this.kind.name, this.kind.plan(this.desired(given), this.live(given, context), context));
  }

  planDelete(given: object, context: PlanContext): Plan {
    const live = this.live(given, context);
    assert.ok(live !== undefined, "the object is not there");
    return record(`${this.kind.name} delete`, this.kind.planDelete(live, context));
  }

  refreshed(given: object, context: PlanContext): object {
    const live = this.live(given, context);
    assert.ok(live !== undefined, "the object is not there");
    const inputs = { ...this.kind.inputsFromLive(live, { ...common, ...given } as Inputs) } as Record<string, unknown>;
    for (const name of Object.keys(common)) delete inputs[name];
    return inputs;
  }

  /** Every output that is promised is given. */
  assertOutputs(given: object, context: PlanContext): void {
    const live = this.live(given, context);
    assert.ok(live !== undefined, "the object is not there");
    assert.deepEqual(Object.keys(this.kind.outputs(this.desired(given), live)), this.kind.outputNames);
  }
}

export const batches = (plan: Plan): string[] => plan.statements.map((statement) => statement.batch);
export const reasons = (plan: Plan): string =>
  plan.refusals.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
/** "messages-lost:name (3)". */
export const hazards = (plan: Plan): string[] =>
  plan.statements.flatMap((statement) =>
    statement.hazards.map(
      ({ type, object, rows }) => `${type}:${object}${rows === undefined ? "" : ` (${String(rows)})`}`,
    ),
  );
export const needs = (plan: Plan): string[] => (plan.requires ?? []).map(({ type, name }) => `${type} ${name}`);
