// Queue output bindings: what a function returned or put into `extraOutputs`, as messages.
import { z } from "zod";
import type { LoadedFunction } from "./load-app.ts";
import type { InvocationResponse, RpcData } from "./worker-protocol.ts";

export type OutgoingMessage = { readonly queue: string; readonly text: string };

const queueOutputSchema = z.object({ type: z.literal("queue"), direction: z.literal("out"), queueName: z.string() });

/** The messages of a response, in the order of its bindings. A JSON array is one message per element, anything else one;
 * texts go as they are, everything else as JSON. @throws for an output binding of another kind */
export function readQueueOutputs(loaded: LoadedFunction, response: InvocationResponse): readonly OutgoingMessage[] {
  const values = new Map((response.outputData ?? []).map(({ name, data }) => [name, data]));
  return Object.entries(loaded.metadata.bindings).flatMap(([name, binding]) => {
    if (binding.direction !== "out" || binding.type === "http") return [];
    const output = queueOutputSchema.safeParse(binding);
    if (!output.success) {
      throw new Error(
        `Cannot send output "${name}" of function "${loaded.name}": this host does not imitate "${binding.type}", expected a queue`,
      );
    }
    const value = name === "$return" ? response.returnValue : values.get(name);
    return toTexts(value).map((text) => ({ queue: output.data.queueName, text }));
  });
}

/** The message as it goes over the wire. */
export function encodeMessage(text: string, encoding: "none" | "base64"): string {
  return encoding === "none" ? text : Buffer.from(text, "utf8").toString("base64");
}

function toTexts(data: RpcData | null | undefined): readonly string[] {
  if (data === null || data === undefined) return [];
  if (typeof data.string === "string") return [data.string];
  if (data.bytes) return [Buffer.from(data.bytes).toString("utf8")];
  if (typeof data.json !== "string") return [String(data.int ?? data.double ?? "")];
  const value: unknown = JSON.parse(data.json);
  return Array.isArray(value) ? value.map(toText) : [toText(value)];
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
