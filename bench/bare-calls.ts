// The same number of writes with nothing but Node's own HTTP client: what this machine can do at that latency.
import { Agent, request } from "node:http";
import { armToken } from "./arm-token.ts";
import type { BareCallsTask, Facts } from "./task.ts";

/** Makes that many users, so many calls at a time. */
export async function runBareCalls({ endpoint, calls, concurrency }: BareCallsTask): Promise<Facts> {
  const agent = new Agent({ keepAlive: true });
  const headers = { authorization: `Bearer ${armToken(Date.now())}`, "content-type": "application/json" };
  let next = 0;

  const put = (number: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const url = `${endpoint.address}${endpoint.resourceId}/users/bare-${number}?api-version=2024-05-01`;
      const properties = { firstName: "Ada", lastName: "Abbott", email: `bare.${number}@contoso.com` };
      const call = request(url, { agent, method: "PUT", headers }, (response) => {
        response.resume().on("end", () => (response.statusCode === 201 ? resolve() : reject(new Error("Not created"))));
      });
      call.on("error", reject).end(JSON.stringify({ properties }));
    });

  const lane = async (): Promise<void> => {
    while (next < calls) {
      next += 1;
      await put(next);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { applied: calls };
}
