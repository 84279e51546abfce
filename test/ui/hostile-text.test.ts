// Text of HR, profiles, subscriptions and messages is an attacker's text. Whatever it holds, it stands on the page as
// text and does nothing else.
import { describe, expect, it } from "vitest";
import { aRun, runIdAt } from "../helpers/records.ts";
import { fillSample, samplePlan } from "../helpers/ui-sample.ts";
import { aQuestion, createUiStage, stageTime, storedFacts, type Who } from "../helpers/ui-stage.ts";
import { readPage } from "./page-reader.ts";

const { signal } = new AbortController();
const operator: Who = { address: "olga@contoso.com", roles: ["reader", "approver", "operator"] };

const hostile = [
  ["markup", '<script>alert(1)</script><img src=x onerror="alert(1)"><b>bold</b>'],
  ["the end of an attribute", `" onmouseover="alert(1)" x='y`],
  ["the end of a textarea, a title and a style", "</textarea></title></style><svg onload=alert(1)>"],
  ["a link that runs", "javascript:alert(document.domain)"],
  ["a link elsewhere", "https://evil.example/login"],
  ["a formula", '=HYPERLINK("https://evil.example";"click")'],
  ["an entity", "&lt;script&gt;&#x202e;"],
  ["a turned direction", "\u202Egnp.exe\u2066\u200F"],
  ["control characters", "a\u0000b\u001b[31m\u0085c\u2028"],
  ["a placeholder", "{{7*7}}<%= 7*7 %>"],
] as const;

/** Every page with the text wherever somebody else's text can stand. */
async function pagesWith(text: string): Promise<readonly string[]> {
  const stage = await createUiStage();
  await fillSample(stage);
  const facts = storedFacts(
    "sub-evil",
    { givenName: text, familyName: text, department: text, title: text, manager: text },
    text,
  );
  await stage.putRequest(
    "sub-evil",
    {
      question: aQuestion(stageTime, {
        approvers: [{ address: text, role: "named", nonce: "evil", sentAt: stageTime }],
      }),
    },
    {
      ...facts,
      requester: { ...facts.requester, groups: [text] },
      product: { ...facts.product, displayName: text },
      subscriptions: [{ product: text, state: text }],
      decision: { ...facts.decision, steps: [{ rule: text, answer: "approve", result: "failed", reason: text }] },
    },
  );
  await stage.putRequest("sub-evil-failed", {
    status: "failed",
    error: { code: "BUG", message: text, at: stageTime },
    answer: { answer: "reject", rule: text, by: text, comment: text, at: stageTime },
    outcome: { code: "rejected", text, at: stageTime },
  });
  stage.queue.giveUp(text, stageTime);
  const id = runIdAt(300_000);
  const reason = { code: "joiner", worker: text, source: text, rule: text, fields: [text], text } as const;
  await stage.runs.putPlan(
    id,
    {
      ...samplePlan(),
      changes: [
        {
          kind: "createUser",
          key: text,
          before: null,
          after: { firstName: text, lastName: text, email: text, worker: text },
          reason,
        },
      ],
      findings: [{ code: "heldByOthers", worker: text, group: text, text }],
      problems: [{ code: "wordUnknown", source: text, line: 1, field: text, reason: text }],
    },
    signal,
  );
  await stage.runs.putRun(
    aRun(id, {
      status: "failed",
      requestedBy: text,
      planned: { createUser: 1 },
      sources: [{ source: text, completeness: "incomplete", people: 0, problems: 0, incompleteBecause: [text] }],
      error: { code: "BUG", message: text },
    }),
    signal,
  );
  const addresses = [
    "/api/ui",
    "/api/ui/history",
    "/api/ui/requests/contoso/sub-evil",
    "/api/ui/requests/contoso/sub-evil-failed",
    "/api/ui/failed",
    "/api/ui/runs",
    `/api/ui/runs/${id}`,
    `/api/ui/runs/${id}?kind=createUser`,
    `/api/ui?target=${encodeURIComponent(text)}&note=${encodeURIComponent(text)}`,
    `/api/ui/requests/${encodeURIComponent(text)}/${encodeURIComponent(text)}`,
  ];
  const answers = await Promise.all(addresses.map((address) => stage.get(address, operator)));
  const named = await stage.get("/api/ui", { ...operator, address: text });
  return [...answers, named].map(({ body = "" }) => body);
}

const known = new Set(
  "html head meta title link style body a header div span nav ul li svg path circle main h1 h2 p article section dl dt dd form input label textarea button details summary code table caption thead tbody tr th td time strong del ins ol bdi footer".split(
    " ",
  ),
);

describe.each(hostile)("%s", (_, text) => {
  it("makes no element, attribute or address of its own, and steers nobody", async () => {
    const pages = await pagesWith(text);

    expect(pages).toHaveLength(11);
    for (const body of pages) {
      const page = readPage(body);
      expect(page.tags.filter((tag) => !known.has(tag))).toEqual([]);
      const attributes = page.elements.flatMap(({ attrs }) => attrs);
      expect(attributes.filter(({ name }) => name.startsWith("on"))).toEqual([]);
      const addresses = attributes.filter(({ name }) => ["href", "src", "action", "formaction"].includes(name));
      expect(addresses.filter(({ value }) => !/^(\/api\/ui|\/\.auth\/|#main$|data:,$)/.test(value))).toEqual([]);
      expect(body).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200F\u2028\uFEFF]|[^\P{Cc}\n]/u);
    }
  });
});

describe("the pages with hostile text", () => {
  it("show it, so that a reader sees what somebody wrote", async () => {
    const [, , one = ""] = await pagesWith("<b>Mallory</b>");

    expect(readPage(one).text).toContain("<b>Mallory</b> <b>Mallory</b> asks for <b>Mallory</b>");
    expect(readPage(one).all("bdi").length).toBeGreaterThan(5);
  });
});

describe("people whose names are written from right to left", () => {
  it("are shown as they are", async () => {
    const [, , one = ""] = await pagesWith("שרה");

    expect(one).toContain("<bdi>שרה");
  });
});
