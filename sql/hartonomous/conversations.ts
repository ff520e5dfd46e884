/**
 * The three conversations of the reference database as data. All initiators share queue broker.Reply, which the first conversation
 * makes. The procedures are in modules/broker.
 */

/** Arguments of the component BrokerConversation that do not depend on the host; nothing here imports it, so that tests need no Pulumi. */
export interface Conversation {
  readonly messages: Readonly<
    Record<
      string,
      { readonly sentBy: "initiator" | "target" | "any"; readonly validation?: "none" | "empty" | "well-formed-xml" }
    >
  >;
  readonly contract: string;
  readonly initiator: ConversationEnd;
  readonly target: ConversationEnd;
  readonly priority?: number;
}
export interface ConversationEnd {
  readonly service: string;
  readonly queue: { readonly schema: string; readonly name: string };
  readonly sharesQueue?: boolean;
  readonly activation?: {
    readonly procedure: { readonly schema: string; readonly name: string };
    readonly maxReaders: number;
  };
}

const schema = "broker";

function activated(
  queue: string,
  procedure: string,
  maxReaders: number,
): Pick<ConversationEnd, "queue" | "activation"> {
  return { queue: { schema, name: queue }, activation: { procedure: { schema, name: procedure }, maxReaders } };
}

const replies = activated("Reply", "TakeReply", 2);

export const conversations: Readonly<Record<"inference" | "embedding" | "billing", Conversation>> = {
  /** A request for an inference; the answer is the number under which it waits. */
  inference: {
    messages: {
      "//hartonomous/inference/Request": { sentBy: "initiator" },
      "//hartonomous/inference/Accepted": { sentBy: "target" },
    },
    contract: "//hartonomous/inference/Contract",
    initiator: { service: "//hartonomous/inference/Client", ...replies },
    target: { service: "//hartonomous/inference/Engine", ...activated("InferenceRequest", "TakeInferenceRequest", 4) },
    priority: 8,
  },
  /** An embedding that was computed outside, to be stored; the answer is its number. */
  embedding: {
    messages: {
      "//hartonomous/embedding/Job": { sentBy: "initiator" },
      "//hartonomous/embedding/Stored": { sentBy: "target" },
    },
    contract: "//hartonomous/embedding/Contract",
    initiator: { service: "//hartonomous/embedding/Client", queue: replies.queue, sharesQueue: true },
    target: { service: "//hartonomous/embedding/Store", ...activated("EmbeddingJob", "TakeEmbeddingJob", 2) },
  },
  /** What a tenant used; there is no answer but the end of the conversation. */
  billing: {
    messages: { "//hartonomous/billing/Usage": { sentBy: "initiator" } },
    contract: "//hartonomous/billing/Contract",
    initiator: { service: "//hartonomous/billing/Meter", queue: replies.queue, sharesQueue: true },
    target: { service: "//hartonomous/billing/Ledger", ...activated("UsageEvent", "TakeUsageEvent", 1) },
  },
};
