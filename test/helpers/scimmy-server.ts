// A SCIM service that is not ours: the SCIMMY reference routers, on loopback, with users in memory. They need express 4:
// in version 5 they cannot write what they read of the query, and paging is lost.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";
import type { HrWorker } from "../../dev/hr/workers.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

export type ScimmyServer = {
  /** The SCIM base address. */
  readonly address: string;
  /** Path and query of each request. */
  readonly requests: readonly string[];
  /** Changes one user, now. */
  change(id: string, change: { readonly title: string }): void;
  close(): Promise<void>;
};

/** Starts it with these workers as users; `token` is the bearer token that it takes. */
export async function startScimmyServer(workers: readonly HrWorker[], token: string): Promise<ScimmyServer> {
  let users = workers.map((worker) => userOf(worker, workers));
  SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false), {
    egress: async (resource: { readonly id?: string; readonly filter?: { match(list: unknown[]): unknown[] } }) => {
      if (resource.id !== undefined) {
        const found = users.find(({ id }) => id === resource.id);
        if (found === undefined) throw new SCIMMY.Types.Error(404, "", "No such user");
        return found;
      }
      return resource.filter === undefined ? users : resource.filter.match(users);
    },
    ingress: async () => {
      throw new SCIMMY.Types.Error(501, "", "Nothing is written here");
    },
    degress: async () => undefined,
  });
  const requests: string[] = [];
  const app = express();
  app.use((request, _, next) => {
    requests.push(request.originalUrl);
    next();
  });
  app.use(
    "/scim",
    new SCIMMYRouters({
      type: "bearer",
      handler: (request) => {
        if (request.header("authorization") !== `Bearer ${token}`) throw new Error("The token is not known");
        return "reader";
      },
    }),
  );
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/scim`,
    requests,
    change(id, change) {
      const meta = { lastModified: new Date().toISOString() };
      users = users.map((user) => (user.id === id ? { ...user, ...change, meta } : user));
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function userOf(worker: HrWorker, workers: readonly HrWorker[]) {
  const manager = workers.find(({ employeeNumber }) => employeeNumber === worker.manager);
  return {
    id: worker.id,
    userName: worker.email,
    name: { givenName: worker.givenName, familyName: worker.familyName },
    emails: [
      { value: `${worker.employeeNumber}@home.example.com`, type: "home" },
      { value: worker.email, type: "work", primary: true },
    ],
    addresses: [{ formatted: worker.homeAddress, type: "home" }],
    title: worker.title,
    active: worker.status !== "ended",
    meta: { lastModified: "2020-01-01T00:00:00.000Z" },
    // SCIMMY's filters look for the attributes of an extension under their whole names.
    [`${enterprise}:employeeNumber`]: worker.employeeNumber,
    [`${enterprise}:department`]: worker.department,
    ...(manager === undefined ? {} : { [`${enterprise}:manager`]: { value: manager.id } }),
  };
}
