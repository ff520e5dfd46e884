/** Service Broker's definition statements by kind, and its drops by what is dropped. */
import type { Name } from "../../language/ast";
import type { BrokerDefinition } from "../../language/ast-broker";
import type { Execution, Work } from "../../session/runtime";
import { alterBinding, alterPriority, createBinding, createPriority, dropBinding, dropPriority } from "./bindings";
import { alterMessageType, createContract, createMessageType, dropContract, dropMessageType } from "./contracts";
import { alterEndpoint, createEndpoint, dropEndpoint } from "./endpoints";
import { alterQueue, createQueue, dropQueue } from "./queues";
import { alterRoute, createRoute, dropRoute } from "./routes";
import { alterService, createService, dropService } from "./services";

type Run<S> = (statement: S, execution: Execution) => Work<void>;

function immediate<S>(run: (statement: S, execution: Execution) => void): Run<S> {
  // eslint-disable-next-line require-yield -- the table holds generators
  return function* (statement, execution) {
    run(statement, execution);
  };
}

export const brokerDefinitions: {
  [K in BrokerDefinition["kind"]]: Run<Extract<BrokerDefinition, { kind: K }>>;
} = {
  "create-message-type": immediate(createMessageType),
  "alter-message-type": immediate(alterMessageType),
  "create-contract": immediate(createContract),
  "create-queue": immediate(createQueue),
  "alter-queue": alterQueue,
  "create-service": immediate(createService),
  "alter-service": immediate(alterService),
  "create-route": immediate(createRoute),
  "alter-route": immediate(alterRoute),
  "create-remote-service-binding": immediate(createBinding),
  "alter-remote-service-binding": immediate(alterBinding),
  "create-broker-priority": immediate(createPriority),
  "alter-broker-priority": immediate(alterPriority),
  "create-endpoint": immediate(createEndpoint),
  "alter-endpoint": immediate(alterEndpoint),
};

export const brokerDrops: Record<string, (name: Name, ifExists: boolean, execution: Execution) => Work<void> | void> = {
  "MESSAGE TYPE": (name, _, execution) => dropMessageType(name, execution),
  CONTRACT: (name, _, execution) => dropContract(name, execution),
  QUEUE: (name, _, execution) => dropQueue(name, execution),
  SERVICE: (name, _, execution) => dropService(name, execution),
  ROUTE: (name, _, execution) => dropRoute(name, execution),
  "REMOTE SERVICE BINDING": (name, _, execution) => dropBinding(name, execution),
  "BROKER PRIORITY": (name, _, execution) => dropPriority(name, execution),
  ENDPOINT: (name, _, execution) => dropEndpoint(name, execution),
};
