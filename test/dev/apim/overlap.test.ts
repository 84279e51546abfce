import { afterEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { createApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { armDoor } from "./apim-test-kit.ts";

let simulator: ApimSimulator | undefined;

afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

/** A delay that holds requests until that many are waiting, and none after them. */
function gate(count: number): () => Promise<void> {
  let waiting: (() => void)[] = [];
  let open = false;
  return () => {
    if (open) return Promise.resolve();
    return new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length < count) return;
      open = true;
      for (const release of waiting) release();
      waiting = [];
    });
  };
}

async function twoMemberships(
  options: { readonly overlapConflicts?: boolean },
  users: readonly string[],
): Promise<readonly number[]> {
  simulator = await createApimSimulator({ delay: gate(2), ...options });
  for (const id of ["u1", "u2"]) simulator.edit.putUser({ id });
  for (const id of ["g1", "g2"]) simulator.edit.putGroup({ id });
  const ask = armDoor(simulator);
  const replies = await Promise.all(users.map((user, index) => ask("PUT", `/groups/g${index + 1}/users/${user}`)));
  return replies.map((reply) => reply.status).sort();
}

describe("writes that are under way at once", () => {
  it("collide with 412 when they touch one user", async () => {
    expect(await twoMemberships({}, ["u1", "u1"])).toEqual([201, 412]);
  });

  it("do not collide when they touch different users", async () => {
    expect(await twoMemberships({}, ["u1", "u2"])).toEqual([201, 201]);
  });

  it("do not collide when the switch is off", async () => {
    expect(await twoMemberships({ overlapConflicts: false }, ["u1", "u1"])).toEqual([201, 201]);
  });

  it("collide for two subscriptions of one owner, and not for one after the other", async () => {
    simulator = await createApimSimulator({ delay: gate(2) });
    simulator.edit.putUser({ id: "u1" });
    const ask = armDoor(simulator);
    const create = (id: string) =>
      ask("PUT", `/subscriptions/${id}`, {
        body: { properties: { scope: "/apis", ownerId: "/users/u1", displayName: id } },
      });

    const together = await Promise.all([create("s1"), create("s2")]);
    const later = await create("s3");

    expect(together.map((reply) => reply.status).sort()).toEqual([201, 412]);
    expect(later.status).toBe(201);
  });
});
