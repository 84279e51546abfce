import { mkdtemp, readFile, rm } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ApimSimulatorOptions } from "../../../dev/apim/apim-simulator.ts";
import { createApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { startApimSimulator } from "../../../dev/apim/start-apim-simulator.ts";

async function worldOf(options: ApimSimulatorOptions) {
  const simulator = await createApimSimulator(options);
  const world = { state: simulator.state(), keys: [simulator.primaryKey, simulator.secondaryKey] };
  await simulator.close();
  return world;
}

describe("the seed", () => {
  it("invents the same world for the same number and another one for another", async () => {
    const options = { users: 50, groups: 4 };
    const [first, again, other] = [
      await worldOf({ ...options, seed: 7 }),
      await worldOf({ ...options, seed: 7 }),
      await worldOf({ ...options, seed: 8 }),
    ];

    expect(again).toEqual(first);
    expect(other.state.users).not.toEqual(first.state.users);
    expect(other.keys).not.toEqual(first.keys);
  });

  it("gives users of reserved domains, each address once, members to groups", async () => {
    const { state } = await worldOf({ users: 200, groups: 4 });
    const emails = state.users.map((user) => user.email);

    expect(state.users).toHaveLength(201);
    expect(new Set(emails).size).toBe(201);
    expect(emails.every((email) => /^[a-z.]+(\.\d+)?@(contoso|example)\.com$/.test(email))).toBe(true);
    expect(state.groups).toHaveLength(7);
    expect(state.members.developers).toHaveLength(201);
    expect(state.groups.slice(3).every((group) => (state.members[group.id]?.length ?? 0) > 10)).toBe(true);
  });
});

describe("startApimSimulator", () => {
  it("speaks TLS with a certificate of its own that its caFile vouches for", async () => {
    const folder = await mkdtemp(join(tmpdir(), "apim-test-"));
    const simulator = await startApimSimulator({ tls: { folder }, primaryKey: "given" });
    const ca = await readFile(simulator.caFile ?? "", "utf8");
    const status = await new Promise((resolve, reject) => {
      get(`${simulator.address}/_sim/requests`, { ca }, (response) => resolve(response.resume().statusCode)).on(
        "error",
        reject,
      );
    });
    await simulator.close();
    await rm(folder, { recursive: true });

    expect(simulator.address).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect([status, simulator.primaryKey]).toEqual([200, "given"]);
  });
});
