// The timer's parts: none of them waits for another, or falls with it.
import { afterEach, describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import { factsName } from "../../shared/core/facts.ts";
import { tendRequests } from "../../shared/flows/tend-requests.ts";
import { type LocalRequests, signal, startLocalRequests } from "../helpers/local-requests.ts";

const rules = `approvals:
  products:
    - product: payments-api
      owners: [owner@contoso.com]
      rules: [{ name: payments-team, approve: 'requester.department == "Payments"' }]
  default: {}
`;

let local: LocalRequests;

afterEach(() => local.close());

/** Facts that are a day too old, and the timer's work. */
async function start() {
  local = await startLocalRequests({ rules });
  const { world, requests } = local;
  const old = factsName(local.now(), "contoso", "gone");
  await requests.putFacts(old, { salt: "", facts: {} }, signal);
  local.advanceDays(401);
  const signals: AbortSignal[] = [];
  const tend = (targets = ["contoso"]) =>
    tendRequests(targets, { keepFactsDays: 400 }, world, () => {
      signals.push(new AbortController().signal);
      return signals.at(-1) ?? signal;
    });
  return { tend, signals, isKept: async () => (await requests.getFacts(old, signal)) !== undefined };
}

describe("the timer of requests", () => {
  it("deletes old facts everywhere while one service is down, and says that the sweep failed", async () => {
    const { tend, isKept } = await start();
    const { openTarget } = local.world;
    Object.assign(local.world, {
      openTarget: async (name: string, stop: AbortSignal) => {
        if (name === "dead") throw new AppError("NETWORK", "Cannot reach the service");
        return openTarget(name, stop);
      },
    });

    await expect(tend(["dead", "contoso"])).rejects.toMatchObject({ code: "NETWORK" });

    expect(await isKept()).toBe(false);
  });

  it("sweeps while old facts cannot be deleted, and says so", async () => {
    const { tend } = await start();
    local.submit("s1", await local.addPerson(1));
    local.advance(3 * 60_000);
    local.requests.deleteFacts = async () => {
      throw new AppError("STORE_UNAVAILABLE", "Cannot delete");
    };

    await expect(tend()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });

    expect(local.queue.take().map(({ subscription }) => subscription)).toEqual(["s1"]);
    expect(local.log.lines.map(({ event }) => event)).toContain("requests.facts.undeleted");
  });

  it("forgets who left the rules while old facts cannot be deleted", async () => {
    const { tend } = await start();
    let forgot = false;
    local.requests.deleteFacts = async () => {
      throw new AppError("STORE_UNAVAILABLE", "Cannot delete");
    };
    local.roster.keepOnly = async () => {
      forgot = true;
      return 1;
    };

    await expect(tend()).rejects.toThrow();

    expect(forgot).toBe(true);
  });

  it("looks at access that ends while open requests cannot be listed", async () => {
    const { tend } = await start();
    const { simulator, requests } = local;
    local.submit("s1", await local.addPerson(1), { state: "active", expirationDate: local.now() });
    await requests.putRequest(
      {
        target: "contoso",
        subscription: "s1",
        round: 1,
        status: "answered",
        via: "event",
        answer: { answer: "approve", rule: "r", at: 0 },
        access: { until: 1, warnDays: 0 },
        firstSeenAt: 0,
        updatedAt: 0,
      },
      undefined,
      signal,
    );
    simulator.addFaults([{ match: { path: "submitted" }, fault: { status: 403 } }]);

    await expect(tend()).rejects.toMatchObject({ code: "APIM_FORBIDDEN" });

    expect(local.queue.take().map(({ subscription }) => subscription)).toEqual(["s1"]);
  });

  it("gives each part a signal of its own", async () => {
    const { tend, signals } = await start();
    await tend();
    expect(new Set(signals).size).toBe(2);
  });
});
