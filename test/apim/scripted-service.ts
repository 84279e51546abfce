// A client of either door in front of a scripted server, with a clock that stands still and a credential that does not
// matter.
import { type ApimOptions, createApimClient } from "../../shared/apim/client.ts";
import type { Credential } from "../../shared/apim/credential.ts";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import type { Apim } from "../../shared/ports.ts";
import { createFixedClock, type FixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog, type RecordingLog } from "../http/recording-log.ts";
import { type Reply, type ScriptedServer, type SeenRequest, startScriptedServer } from "../http/scripted-server.ts";

export const resourceId = "/subscriptions/s0/resourceGroups/rg/providers/Microsoft.ApiManagement/service/contoso";

export type ScriptedService = {
  readonly apim: Apim;
  /** A further port of the same client. */
  openAnother(): Apim;
  readonly server: ScriptedServer;
  readonly clock: FixedClock;
  readonly log: RecordingLog;
  close(): Promise<void>;
};

const anyCredential: Credential = {
  authorization: async (refused) => (refused.length === 0 ? "Bearer token" : undefined),
  advice: "check the test",
};

export type ServiceOptions = Partial<Omit<ApimOptions, "door">> & {
  readonly door?: "arm" | "direct";
  readonly apiVersion?: string;
};

/** By default the arm door with 2024-05-01. */
export async function startScriptedService(
  script: (request: SeenRequest, index: number, address: string) => Reply,
  { door = "arm", apiVersion = "2024-05-01", ...options }: ServiceOptions = {},
): Promise<ScriptedService> {
  const server: ScriptedServer = await startScriptedServer((request, index) => script(request, index, server.address));
  const clock = createFixedClock();
  const log = createRecordingLog();
  const client = createApimClient({
    door:
      door === "arm"
        ? { kind: "arm", resourceId, endpoint: server.address, apiVersion }
        : { kind: "direct", baseUrl: server.address, apiVersion },
    credential: anyCredential,
    transport: createNodeFetchTransport(),
    clock,
    random: () => 0.5,
    log,
    ...options,
  });
  return { apim: client.open(), openAnother: client.open, server, clock, log, close: server.close };
}

/** A page of a collection, without further pages unless given. */
export function page(value: readonly unknown[], more: { nextLink?: string | null; count?: number } = {}): Reply {
  return { status: 200, body: { value, count: value.length, ...more } };
}

/** A user as Azure Resource Manager sends it, groups flat. */
export function userBody(id: string, groups: readonly string[] | "unexpanded" = ["developers"]) {
  return {
    id: `${resourceId}/users/${id}`,
    type: "Microsoft.ApiManagement/service/users",
    name: id,
    properties: {
      firstName: "F",
      lastName: "L",
      email: `${id}@example.com`,
      state: "active",
      registrationDate: "2023-03-17T18:11:00.22Z",
      note: null,
      identities: [{ provider: "Basic", id: `${id}@example.com` }],
      ...(groups === "unexpanded"
        ? {}
        : { groups: groups.map((group) => ({ id: `/groups/${group}`, name: "Shown name" })) }),
    },
  };
}
