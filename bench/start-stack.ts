// The local stack in the process of a benchmark: invented people, one product that everybody may ask for.
import { join } from "node:path";
import { createCertificate } from "../dev/certificate.ts";
import { inventRow } from "../dev/stack/people-file.ts";
import { type Stack, type StackOptions, startStack } from "../dev/stack/stack.ts";
import { syncOnce } from "./event-delivery.ts";

type Own = Pick<StackOptions, "root" | "folder" | "settings"> & {
  readonly people: number;
  readonly approvals: string;
};

/** Starts it on free ports, with an account for each of the people. */
export async function startBenchStack({ people, folder, ...own }: Own): Promise<Stack> {
  const stack = await startStack({
    ...own,
    folder: join(folder, "stack"),
    certificate: await createCertificate(folder),
    people: Array.from({ length: people }, (_, number) => inventRow(number)),
    ports: { host: 0, apim: 0, keyVault: 0, identity: 0 },
    latencyMs: 0,
    timers: "byHand",
  });
  stack.apim.edit.putProduct({ id: "payments-api", displayName: "Payments", subscriptionsLimit: null });
  stack.apim.edit.linkGroup("payments-api", "developers");
  await syncOnce(stack);
  return stack;
}
