// The least that anybody has to do who looks at a service: receive the pages of users and groups and parse them.
import { Agent, get } from "node:http";
import { z } from "zod";
import { armToken } from "./arm-token.ts";
import type { Endpoint } from "./simulator-job.ts";
import type { Facts } from "./task.ts";

const apiVersion = "2024-05-01";
const pageSchema = z.object({ value: z.array(z.unknown()), nextLink: z.string().optional() });

/** Pages by following their links, one after the other: there is no other way to find them. */
export async function receive(endpoint: Endpoint): Promise<Facts> {
  const agent = new Agent({ keepAlive: true });
  const headers = { authorization: `Bearer ${armToken(Date.now())}` };
  let bytes = 0;
  let items = 0;
  let pages = 0;
  for (const path of [`users?expandGroups=true&api-version=${apiVersion}`, `groups?api-version=${apiVersion}`]) {
    let link: string | undefined = `${endpoint.address}${endpoint.resourceId}/${path}`;
    while (link !== undefined) {
      const body = await read(link, agent, headers);
      const page = pageSchema.parse(JSON.parse(body));
      bytes += body.length;
      items += page.value.length;
      pages += 1;
      link = page.nextLink;
    }
  }
  agent.destroy();
  return { megabytes: bytes / 1e6, items, pages };
}

function read(url: string, agent: Agent, headers: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      response.on("error", reject);
    }).on("error", reject);
  });
}
