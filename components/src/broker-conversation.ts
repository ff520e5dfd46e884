/**
 * A whole conversation of Service Broker: message types, contract, both queues with their activation, both services. It is checked as
 * a whole when the program runs, before anything is sent to a server: what cannot work together is an error that names it.
 * https://learn.microsoft.com/sql/database-engine/service-broker/sql-server-service-broker
 */
import * as pulumi from "@pulumi/pulumi";
import * as sqlserver from "pulumi-sqlserver";
import { requireArguments } from "./arguments";

/** A queue or procedure; its schema is "dbo" unless given. */
export interface SchemaObjectName {
  readonly schema?: string;
  readonly name: string;
}

/** How the bodies of a message are checked. Default "none". */
export interface ConversationMessage {
  readonly sentBy: "initiator" | "target" | "any";
  readonly validation?: "none" | "empty" | "well-formed-xml";
}

export interface ConversationEnd {
  /** Name of the service, byte by byte what others call it. */
  readonly service: string;
  /** Several ends may share one queue; then it is made by the first, and the others give `sharesQueue`. */
  readonly queue: SchemaObjectName;
  /** The queue is made by somebody else. Default false. */
  readonly sharesQueue?: boolean;
  /** Procedure that the server starts when messages wait; it ends the conversation on EndDialog and on Error. */
  readonly activation?: {
    readonly procedure: SchemaObjectName;
    /** 1 to 32767. Default 1. */
    readonly maxReaders?: number;
    /** User as whom it runs. Default OWNER. */
    readonly executeAs?: string;
    /** false: messages wait. Default true. */
    readonly enabled?: boolean;
  };
  /** A program outside of the server receives, and handles EndDialog and Error; needed where there is no activation. Default false. */
  readonly receivedOutside?: boolean;
  /** Messages enter and leave the queue. Default true. */
  readonly enabled?: boolean;
  /** Messages stay until their conversation has ended. Default false. */
  readonly retention?: boolean;
  /** Five receives in a row that are rolled back switch the queue off. Default true. */
  readonly poisonMessageHandling?: boolean;
  /** Filegroup of the messages. Default: left where it is; at first the default filegroup. */
  readonly filegroup?: string;
}

export interface BrokerConversationArgs {
  readonly server: string;
  /** The Database resource, or the name of a database; its broker must be enabled for anything to be delivered. */
  readonly database: sqlserver.DatabaseReference;
  /** By name: who sends it, and how its bodies are checked. */
  readonly messages: Readonly<Record<string, ConversationMessage>>;
  /** Message types among `messages` that somebody else makes. Default none. */
  readonly sharedMessages?: readonly string[];
  readonly contract: string;
  readonly initiator: ConversationEnd;
  readonly target: ConversationEnd;
  /** Database user or role that owns all of it. Default: left as it is. */
  readonly authorization?: string;
  /** Level of its conversations, 1 to 10; both ends are here, so it counts where messages are received. Default: no priority is made, and 5 is the server's. */
  readonly priority?: number;
  /** Procedures that exist or will; then a missing activation procedure is found when the program runs. Default: not checked here. */
  readonly procedures?: readonly SchemaObjectName[];
  /** Resources that make the activation procedures, schemas, filegroups, shared queues and the owner: what needs them waits. */
  readonly after?: readonly pulumi.Resource[];
  /** Hazards that are accepted, as "messages-lost:<name>". */
  readonly allow?: readonly string[];
  /** Take over what exists already. Default false. */
  readonly adopt?: boolean;
}

export class BrokerConversation extends pulumi.ComponentResource {
  /** Names for BEGIN DIALOG: FROM SERVICE, TO SERVICE, ON CONTRACT. */
  readonly initiatorService: string;
  readonly targetService: string;
  readonly contractName: string;
  /** Queues as T-SQL names them: [dbo].[Orders]; of an end that shares its queue none is made here. */
  readonly queueNames: pulumi.Output<string[]>;
  readonly resources: readonly sqlserver.SqlServerResource[];

  /** @throws pulumi.RunError that lists everything that cannot work together. */
  constructor(name: string, args: BrokerConversationArgs, options?: pulumi.ComponentResourceOptions) {
    super("sqlserver:components:BrokerConversation", name, {}, options);
    requireArguments(`BrokerConversation "${name}"`, args, {
      server: "required",
      database: "required",
      messages: "required",
      sharedMessages: "optional",
      contract: "required",
      initiator: "required",
      target: "required",
      authorization: "optional",
      priority: "optional",
      procedures: "optional",
      after: "optional",
      allow: "optional",
      adopt: "optional",
    });
    const problems = conversationProblems(args);
    if (problems.length > 0) throw new pulumi.RunError(`BrokerConversation "${name}":\n  ${problems.join("\n  ")}`);

    const { server, database, contract, initiator, target, authorization, allow, adopt } = args;
    const common = {
      server,
      database,
      ...(allow === undefined ? {} : { allow: [...allow] }),
      ...(adopt === undefined ? {} : { adopt }),
    };
    const owned = { ...common, ...(authorization === undefined ? {} : { authorization }) };
    // What lies in a database goes with it, and need not be taken out of it first.
    const inside: pulumi.CustomResourceOptions = {
      parent: this,
      ...(pulumi.Resource.isInstance(database) ? { deletedWith: database } : {}),
    };
    const ends = [
      ["initiator", initiator],
      ["target", target],
    ] as const;

    const { after = [] } = args;
    const forOwner = authorization === undefined ? [] : after;
    const shared = new Set(args.sharedMessages ?? []);
    const messageTypes = Object.entries(args.messages)
      .filter(([message]) => message !== "DEFAULT" && !shared.has(message))
      .map(
        ([message, { validation }]) =>
          new sqlserver.BrokerMessageType(
            `${name}-${message}`,
            { ...owned, name: message, ...(validation === undefined ? {} : { validation }) },
            { ...inside, dependsOn: [...forOwner] },
          ),
      );
    const contractResource = new sqlserver.BrokerContract(
      `${name}-contract`,
      { ...owned, name: contract, messages: messagesOf(args) },
      { ...inside, dependsOn: [...messageTypes, ...forOwner] },
    );
    const queues = ends
      .filter(([, end]) => end.sharesQueue !== true)
      .map(
        ([role, end]) =>
          new sqlserver.BrokerQueue(
            `${name}-${role}-queue`,
            { ...owned, ...queueInputs(end) },
            { ...inside, dependsOn: [...after] },
          ),
      );
    const services = ends.map(
      ([role, { service, queue }]) =>
        new sqlserver.BrokerService(
          `${name}-${role}-service`,
          { ...owned, name: service, queue, ...(role === "target" ? { contracts: [contract] } : {}) },
          { ...inside, dependsOn: [contractResource, ...queues, ...after] },
        ),
    );
    const priorities: sqlserver.BrokerPriority[] = [];
    if (args.priority !== undefined) {
      // Each end has a level of its own, and each sees the other as the far one.
      for (const [role, near, far] of [
        ["initiator", initiator.service, target.service],
        ["target", target.service, initiator.service],
      ] as const) {
        const priority = new sqlserver.BrokerPriority(
          `${name}-${role}-priority`,
          {
            ...common,
            name: `${contract}/${role}`.slice(-128),
            contract,
            localService: near,
            remoteService: far,
            level: args.priority,
          },
          { ...inside, dependsOn: services },
        );
        priorities.push(priority);
      }
    }
    this.resources = [...messageTypes, contractResource, ...queues, ...services, ...priorities];

    this.initiatorService = initiator.service;
    this.targetService = target.service;
    this.contractName = contract;
    this.queueNames = pulumi.all(queues.map((queue) => queue.queueName));
    this.registerOutputs({
      initiatorService: this.initiatorService,
      targetService: this.targetService,
      contractName: this.contractName,
      queueNames: this.queueNames,
    });
  }
}

function messagesOf({ messages }: BrokerConversationArgs): Record<string, ConversationMessage["sentBy"]> {
  return Object.fromEntries(Object.entries(messages).map(([message, { sentBy }]) => [message, sentBy]));
}

function queueInputs({
  queue,
  activation,
  enabled,
  retention,
  poisonMessageHandling,
  filegroup,
}: ConversationEnd): Omit<sqlserver.BrokerQueueArgs, "server" | "database"> {
  return {
    name: queue.name,
    ...(queue.schema === undefined ? {} : { schema: queue.schema }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(retention === undefined ? {} : { retention }),
    ...(poisonMessageHandling === undefined ? {} : { poisonMessageHandling }),
    ...(filegroup === undefined ? {} : { filegroup }),
    ...(activation === undefined ? {} : { activation: { ...activation, maxReaders: activation.maxReaders ?? 1 } }),
  };
}

/** Everything that cannot work together, one sentence each; empty = nothing is wrong. */
export function conversationProblems(args: BrokerConversationArgs): string[] {
  const { messages, contract, initiator, target, procedures } = args;
  const queues = [initiator, target].map(({ queue, activation }) => ({
    ...placed(queue),
    activation: activation === undefined ? undefined : placed(activation.procedure),
  }));
  const issues = sqlserver.checkTopology({
    messageTypes: Object.keys(messages).filter((message) => message !== "DEFAULT"),
    contracts: [{ name: contract, messages: messagesOf(args) }],
    queues,
    services: [
      { name: initiator.service, queue: placed(initiator.queue), contracts: [] },
      { name: target.service, queue: placed(target.queue), contracts: [contract] },
    ],
    conversations: [{ from: initiator.service, to: target.service, contract }],
    procedures: procedures?.map(placed),
  });
  return [
    ...issues.map(({ text }) => text),
    ...endProblems("initiator", initiator),
    ...endProblems("target", target),
    ...pairProblems(args),
  ];
}

function placed({ schema = "dbo", name }: SchemaObjectName): { readonly schema: string; readonly name: string } {
  return { schema, name };
}

function endProblems(
  role: string,
  { service, queue, activation, sharesQueue, receivedOutside }: ConversationEnd,
): string[] {
  const where = `${role} "${service}": queue "${placed(queue).schema}.${queue.name}"`;
  const problems: string[] = [];
  if (activation === undefined && sharesQueue !== true && receivedOutside !== true)
    problems.push(
      `${where} has no activation, so nobody ends conversations on EndDialog and Error, and they stay for ever; give it an activation procedure, or receivedOutside: true where a program receives`,
    );
  if (activation !== undefined && sharesQueue === true)
    problems.push(
      `${where} is made by somebody else (sharesQueue), who says what it activates; leave activation out here`,
    );
  if (activation !== undefined && receivedOutside === true)
    problems.push(
      `${where} has an activation and is received outside; both would take the same messages, leave one out`,
    );
  return problems;
}

function pairProblems({ initiator, target, sharedMessages, messages }: BrokerConversationArgs): string[] {
  const problems: string[] = [];
  if (initiator.service === target.service)
    problems.push(
      `initiator and target are both service "${target.service}"; a conversation has two ends, give each a service`,
    );
  const isSameQueue =
    placed(initiator.queue).schema === placed(target.queue).schema && initiator.queue.name === target.queue.name;
  if (isSameQueue && initiator.sharesQueue !== true && target.sharesQueue !== true)
    problems.push(
      `both ends make queue "${placed(target.queue).schema}.${target.queue.name}"; give one of them sharesQueue: true, or another queue`,
    );
  for (const message of sharedMessages ?? [])
    if (!Object.hasOwn(messages, message))
      problems.push(`sharedMessages names "${message}", which is not among messages; take it out`);
  return problems;
}
