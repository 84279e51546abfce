import { describe, expect, it } from "vitest";
import { mayAnswer } from "../../shared/core/may-answer.ts";
import type { Principal } from "../../shared/core/principal.ts";
import type { Question } from "../../shared/core/request.ts";
import { aRequest } from "../helpers/request-records.ts";

const question: Question = {
  askedAt: 0,
  approvers: [
    { address: "boss@contoso.com", worker: "employee/9", role: "manager", nonce: "n1", sentAt: 1 },
    { address: "Owner@contoso.com", role: "owner", nonce: "n2", sentAt: 1 },
  ],
  finalAt: 9,
  finalAnswer: "reject",
  rule: "default",
};
const asked = aRequest("s1", { status: "asked", question, worker: "employee/1" });
const people = { requesterAddresses: ["ada@contoso.com"] };

function person(address: string | undefined, roles: Principal["roles"] = []): Principal {
  return { name: "n", roles, ...(address !== undefined && { address }) };
}

describe("mayAnswer() by a link", () => {
  it("lets in who was asked with it, and nobody else", () => {
    expect(mayAnswer(asked, person("owner@CONTOSO.com"), "n2", people)).toEqual({ ok: true, as: "owner" });
    const refused = { ok: false, reason: "notAsked" };
    expect(mayAnswer(asked, person("boss@contoso.com"), "n2", people)).toEqual(refused);
    expect(mayAnswer(asked, person("owner@contoso.com"), "n3", people)).toEqual(refused);
    expect(mayAnswer(asked, person(undefined), "n2", people)).toEqual(refused);
    expect(mayAnswer(asked, person("other@contoso.com", ["approver"]), "n2", people)).toEqual(refused);
  });

  it("knows a role in HR by the worker, and by address only where HR does not know who is signed in", () => {
    const as = (address: string, principalWorker?: string) =>
      mayAnswer(asked, person(address), "n1", { ...people, ...(principalWorker !== undefined && { principalWorker }) });
    expect(as("new@contoso.com", "employee/9")).toEqual({ ok: true, as: "manager" });
    expect(as("boss@contoso.com", "employee/8")).toEqual({ ok: false, reason: "notAsked" });
    expect(as("boss@contoso.com")).toEqual({ ok: true, as: "manager" });
  });
});

describe("mayAnswer() from the page", () => {
  it("lets in who holds the role", () => {
    expect(mayAnswer(asked, person("x@contoso.com", ["approver"]), undefined, people)).toEqual({
      ok: true,
      as: "role",
    });
    expect(mayAnswer(asked, person("x@contoso.com", ["operator"]), undefined, people).ok).toBe(false);
  });
});

describe("mayAnswer()", () => {
  const role = (address: string | undefined, more: object = {}) =>
    mayAnswer(asked, person(address, ["approver"]), undefined, { ...people, ...more });

  it("lets nobody answer their own request, by worker or by address", () => {
    expect(role("x@contoso.com", { principalWorker: "employee/1" })).toEqual({ ok: false, reason: "ownRequest" });
    expect(role("ADA@contoso.com")).toEqual({ ok: false, reason: "ownRequest" });
    expect(role(undefined).ok).toBe(true);
    const upn = { ...person("ab1@contoso.onmicrosoft.com", ["approver"]), otherAddresses: ["Ada@contoso.com"] };
    expect(mayAnswer(asked, upn, undefined, people)).toEqual({ ok: false, reason: "ownRequest" });
    const { worker: _, ...unmanaged } = asked;
    expect(mayAnswer(unmanaged, person("x@contoso.com", ["approver"]), undefined, people).ok).toBe(true);
  });

  it("lets nobody answer who has left, and tells that only who may know of the question", () => {
    const left = { ...people, hasLeft: true };
    const may = (address: string, nonce: string | undefined, roles: Principal["roles"] = []) =>
      mayAnswer(asked, person(address, roles), nonce, left);
    expect(may("owner@contoso.com", "n2")).toEqual({ ok: false, reason: "hasLeft" });
    expect(may("x@contoso.com", undefined, ["approver"])).toEqual({ ok: false, reason: "hasLeft" });
    expect(may("x@contoso.com", "n2")).toEqual({ ok: false, reason: "notAsked" });
  });

  it("closes with the answer", () => {
    const may = (fields: object) =>
      mayAnswer({ ...asked, ...fields }, person("x@contoso.com", ["approver"]), undefined, people);
    expect(may({ status: "failed" }).ok).toBe(true);
    expect(may({ answer: { answer: "reject", rule: "person", at: 1 } })).toEqual({ ok: false, reason: "closed" });
    expect(may({ status: "closed" })).toEqual({ ok: false, reason: "closed" });
    expect(may({ question: undefined })).toEqual({ ok: false, reason: "closed" });
  });
});
