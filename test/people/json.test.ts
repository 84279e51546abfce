import { afterEach, describe, expect, it } from "vitest";
import { createJsonSystem } from "../../dev/hr/json-system.ts";
import type { PeopleRead } from "../../shared/core/person.ts";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import { createHttpAsk } from "../../shared/people/http-ask.ts";
import { createSource } from "../../shared/people/kinds.ts";
import type { SourceDeps } from "../../shared/people/source-deps.ts";
import { personOf } from "../contract/hr-rig.ts";
import { describePeopleSourceContract } from "../contract/people-source-contract.ts";
import { type Reply, type ScriptedServer, type SeenRequest, startScriptedServer } from "../http/scripted-server.ts";
import { problemsOf, readBytes, sourceDeps, sourceEntry, workersOf } from "./source-kit.ts";

type Item = { readonly id: string; readonly name: string };

const staff: readonly Item[] = Array.from({ length: 7 }, (_, index) => ({
  id: String(index + 1),
  name: `Name ${index + 1}`,
}));
const columns = { employeeNumber: "id", givenName: "name" };

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(script: (request: SeenRequest, index: number) => Reply): Promise<ScriptedServer> {
  server = await startScriptedServer(script);
  return server;
}

async function readEndpoint(
  url: string,
  settings: Readonly<Record<string, unknown>> = {},
  deps: Partial<SourceDeps> = {},
): Promise<PeopleRead> {
  const entry = sourceEntry({ kind: "json", columns, settings: { url, items: "items", ...settings } });
  const httpAsk = createHttpAsk(createNodeFetchTransport());
  return createSource(entry, sourceDeps({ httpAsk, ...deps })).read(new AbortController().signal);
}

function page(from: number, count: number): readonly Item[] {
  return staff.slice(from, from + count);
}

function ids(items: readonly Item[]): readonly string[] {
  return items.map(({ id }) => id);
}

/** Three a page, whatever was asked for. */
const pagings = {
  nextLink: {
    settings: { paging: { kind: "nextLink", path: "@odata.nextLink" } },
    answer: (request: SeenRequest) => {
      const from = Number(request.query.get("skip") ?? 0);
      const next = from + 3 < staff.length ? { "@odata.nextLink": `/people?skip=${from + 3}` } : {};
      return { status: 200, body: { items: page(from, 3), ...next } };
    },
  },
  linkHeader: {
    settings: { paging: { kind: "nextLink" } },
    answer: (request: SeenRequest) => {
      const from = Number(request.query.get("skip") ?? 0);
      const link = `<${`/people?skip=0`}>; rel="first", <?skip=${from + 3}>; title="a, b"; rel="next"`;
      return { status: 200, headers: from + 3 < staff.length ? { link } : {}, body: { items: page(from, 3) } };
    },
  },
  cursor: {
    settings: { paging: { kind: "cursor", path: "meta.next", param: "page[after]" } },
    answer: (request: SeenRequest) => {
      const from = Number(request.query.get("page[after]") ?? 0);
      return { status: 200, body: { items: page(from, 3), meta: { next: from + 3 < staff.length ? from + 3 : null } } };
    },
  },
  offset: {
    settings: {
      paging: { kind: "offset", param: "startIndex", first: 1, limitParam: "count", limit: 100 },
      total: "total",
    },
    answer: (request: SeenRequest) => {
      const from = Number(request.query.get("startIndex")) - 1;
      return { status: 200, body: { items: page(from, 3), total: staff.length } };
    },
  },
  offsetWithoutTotal: {
    settings: { paging: { kind: "offset", param: "offset" } },
    answer: (request: SeenRequest) => ({ status: 200, body: { items: page(Number(request.query.get("offset")), 3) } }),
  },
  page: {
    settings: { paging: { kind: "page", param: "page", sizeParam: "size", size: 3 } },
    answer: (request: SeenRequest) => {
      const from = (Number(request.query.get("page")) - 1) * 3;
      return from < staff.length ? { status: 200, body: { items: page(from, 3) } } : { status: 204 };
    },
  },
  cursorInBody: {
    settings: {
      method: "POST",
      body: { fields: ["id", "name"], page: { size: 3 } },
      paging: { kind: "cursor", path: "next", param: "page.after", in: "body" },
    },
    answer: ({ method, headers, body }: SeenRequest) => {
      const { fields, page: asked } = JSON.parse(body);
      const isRight = method === "POST" && headers["content-type"] === "application/json" && fields.length === 2;
      const from = Number(asked.after ?? 0);
      if (!isRight || asked.size !== 3) return { status: 400 };
      return { status: 200, body: { items: page(from, 3), next: from + 3 < staff.length ? from + 3 : null } };
    },
  },
  offsetInBody: {
    settings: {
      method: "POST",
      paging: { kind: "offset", param: "offset", limitParam: "limit", limit: 3, in: "body" },
      total: "total",
    },
    answer: ({ body }: SeenRequest) => {
      const { offset, limit } = JSON.parse(body);
      return { status: 200, body: { items: page(offset, limit), total: staff.length } };
    },
  },
  pageWithPages: {
    settings: { paging: { kind: "page", param: "page", pages: "pages" } },
    answer: (request: SeenRequest) => {
      const at = Number(request.query.get("page"));
      return at > 3 ? { status: 404 } : { status: 200, body: { items: page((at - 1) * 3, 3), pages: 3 } };
    },
  },
  none: { settings: {}, answer: () => ({ status: 200, body: { items: staff } }) },
} as const;

describe("a JSON source over HTTP", () => {
  it.each(Object.entries(pagings))("reads all pages by %s", async (_, { settings, answer }) => {
    const { address } = await serve(answer);
    const read = await readEndpoint(`${address}/people?fields=all`, settings);

    expect(read.evidence.incompleteBecause).toEqual([]);
    expect(read.completeness).toBe("complete");
    expect(workersOf(read)).toEqual(ids(staff));
    expect(read.people.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("keeps the query of the rules and sends what the paging asks for", async () => {
    const { address, requests } = await serve(pagings.offset.answer);
    await readEndpoint(`${address}/people?fields=all`, pagings.offset.settings);

    expect(requests.map(({ url }) => url)).toEqual([
      "/people?fields=all&count=100&startIndex=1",
      "/people?fields=all&count=100&startIndex=3",
      "/people?fields=all&count=100&startIndex=5",
    ]);
  });

  it("is empty when the list is", async () => {
    const { address } = await serve(() => ({ status: 200, body: { items: [], total: 0 } }));

    expect((await readEndpoint(address, { total: "total" })).completeness).toBe("empty");
  });

  it("goes on behind a page in the middle that is empty, when a link leads on", async () => {
    const { address } = await serve((_, index) => ({
      status: 200,
      body: { items: index === 1 ? [] : page(index, 1), next: index < 2 ? `/people?page=${index}` : undefined },
    }));
    const read = await readEndpoint(address, { paging: { kind: "nextLink", path: "next" } });

    expect(workersOf(read)).toEqual(["1", "3"]);
    expect(read.evidence.pages).toBe(3);
  });

  it.each<
    [
      string,
      Readonly<Record<string, unknown>>,
      (request: SeenRequest, index: number) => Reply,
      string,
      readonly string[],
    ]
  >([
    [
      "a next link that was followed before",
      { paging: { kind: "nextLink", path: "next" } },
      (_, index) => ({ status: 200, body: { items: page(index, 1), next: "/again" } }),
      "Page 2 leads to a page that was read already",
      ["1", "2"],
    ],
    [
      "a next link to another origin",
      { paging: { kind: "nextLink", path: "next" } },
      () => ({ status: 200, body: { items: page(0, 1), next: "https://elsewhere.example/people" } }),
      'The next link leads to "https://elsewhere.example"',
      ["1"],
    ],
    [
      "a cursor that stands still",
      { paging: { kind: "cursor", path: "next", param: "after" } },
      (_, index) => ({ status: 200, body: { items: page(index, 1), next: "same" } }),
      "Page 2 leads to a page that was read already",
      ["1", "2"],
    ],
    [
      "a page that gives items again",
      { paging: { kind: "offset", param: "offset" } },
      (request) => ({ status: 200, body: { items: page(Math.max(0, Number(request.query.get("offset")) - 1), 3) } }),
      "Page 2 repeats 2 items of earlier pages",
      ids(staff),
    ],
    [
      "a server that does not page at all",
      { paging: { kind: "page", param: "page" } },
      () => ({ status: 200, body: { items: page(0, 3) } }),
      "Page 2 repeats 3 items of earlier pages",
      ["1", "2", "3"],
    ],
    [
      "an error in place of a list",
      { paging: { kind: "offset", param: "offset" } },
      (_, index) => ({ status: 200, body: index === 0 ? { items: page(0, 3) } : { message: "try later" } }),
      "Page 2 has no list where the rules say that the items are",
      ["1", "2", "3"],
    ],
    [
      "an error beside a list",
      {},
      () => ({ status: 200, body: { items: page(0, 3), errors: [{ message: "partial" }] } }),
      "Page 1 carries an error",
      ["1", "2", "3"],
    ],
    [
      "a page that is no JSON",
      { paging: { kind: "offset", param: "offset" } },
      (_, index) => (index === 0 ? { status: 200, body: { items: page(0, 3) } } : { status: 200, body: "<html>" }),
      "Page 2 is no JSON",
      ["1", "2", "3"],
    ],
    [
      "an HTTP error in the middle",
      { paging: { kind: "offset", param: "offset" } },
      (_, index) => (index === 0 ? { status: 200, body: { items: page(0, 3) } } : { status: 500, body: "" }),
      "Page 2 answers 500, expected 200",
      ["1", "2", "3"],
    ],
    [
      "a connection that breaks in the middle",
      { paging: { kind: "offset", param: "offset" } },
      (_, index) => (index === 0 ? { status: 200, body: { items: page(0, 3) } } : (response) => response.destroy()),
      "Page 2 could not be read (NETWORK)",
      ["1", "2", "3"],
    ],
    [
      "a redirect in the middle",
      { paging: { kind: "offset", param: "offset" } },
      (_, index) =>
        index === 0 ? { status: 200, body: { items: page(0, 3) } } : { status: 302, headers: { location: "/x" } },
      "Page 2 answers 302",
      ["1", "2", "3"],
    ],
    [
      "a total that the rows do not reach",
      { total: "total", paging: { kind: "offset", param: "offset" } },
      (request) => ({ status: 200, body: { items: page(Number(request.query.get("offset")), 3), total: 8 } }),
      "7 rows were read, the source says that it has 8",
      ids(staff),
    ],
    [
      "no content where a next link led",
      { paging: { kind: "nextLink", path: "next" } },
      (_, index) =>
        index === 0 ? { status: 200, body: { items: page(0, 3), next: "/people?page=2" } } : { status: 204 },
      "Page 2 has no content, although the page before it led there",
      ["1", "2", "3"],
    ],
    [
      "no content where a cursor led",
      { paging: { kind: "cursor", path: "next", param: "after" } },
      (_, index) => (index === 0 ? { status: 200, body: { items: page(0, 3), next: "3" } } : { status: 204 }),
      "Page 2 has no content, although the page before it led there",
      ["1", "2", "3"],
    ],
    [
      "fewer pages than it says it has",
      { paging: { kind: "page", param: "page", pages: "pages" } },
      (_, index) => ({ status: 200, body: { items: index === 0 ? page(0, 3) : [], pages: 3 } }),
      "2 pages were read, the source says that it has 3",
      ["1", "2", "3"],
    ],
    [
      "a total that changes",
      { total: "total", paging: { kind: "offset", param: "offset" } },
      (request, index) => ({
        status: 200,
        body: { items: page(Number(request.query.get("offset")), 3), total: 8 - Math.min(index, 1) },
      }),
      "The total changed from 8 to 7",
      ids(staff),
    ],
    [
      "a total that is not there",
      { total: "total" },
      () => ({ status: 200, body: { items: staff } }),
      "Page 1 has no number where the rules say that the total is",
      ids(staff),
    ],
  ])("is incomplete for %s, and keeps what was read", async (_, settings, script, sentence, workers) => {
    const { address } = await serve(script);
    const read = await readEndpoint(address, settings);

    expect(read.completeness).toBe("incomplete");
    expect(read.evidence.incompleteBecause).toContainEqual(expect.stringContaining(sentence));
    expect(workersOf(read)).toEqual(workers);
  });

  it("keeps equal items of one page: they are the source's own", async () => {
    const { address } = await serve(() => ({ status: 200, body: { items: [staff[0], staff[0]], total: 2 } }));
    const read = await readEndpoint(address, { total: "total" });

    expect(workersOf(read)).toEqual(["1", "1"]);
    expect(read.completeness).toBe("complete");
  });

  it.each([301, 401, 404, 500])(
    "throws SOURCE_UNAVAILABLE when the first answer is %i, without the query",
    async (status) => {
      const { address } = await serve(() => ({ status, headers: { location: "/elsewhere" } }));
      const error = await readEndpoint(`${address}/people?key=hidden`).catch((thrown: unknown) => thrown);

      expect(error).toMatchObject({
        code: "SOURCE_UNAVAILABLE",
        message: expect.stringContaining(`answers ${status}`),
      });
      expect(String(error)).not.toContain("hidden");
      expect(server?.requests).toHaveLength(1);
    },
  );

  it("throws SOURCE_UNAVAILABLE when nobody answers", async () => {
    const { address, close } = await serve(() => ({ status: 200 }));
    await close();

    await expect(readEndpoint(address)).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  });

  it("throws ABORTED when its caller stops it", async () => {
    const { address } = await serve(() => ({ status: 200, body: { items: [] } }));
    const entry = sourceEntry({ kind: "json", columns, settings: { url: address, items: "items" } });
    const source = createSource(entry, sourceDeps({ httpAsk: createHttpAsk(createNodeFetchTransport()) }));

    await expect(source.read(AbortSignal.abort())).rejects.toMatchObject({ code: "ABORTED" });
  });

  it.each([
    [
      "secretHeader",
      { kind: "secretHeader", header: "X-Key", secret: "hr-key", prefix: "Token " },
      ["x-key", "Token old"],
    ],
    [
      "basic",
      { kind: "basic", user: "rollcall", secret: "hr-key" },
      ["authorization", `Basic ${btoa("rollcall:old")}`],
    ],
    [
      "managedIdentity",
      { kind: "managedIdentity", scope: "https://hr/.default" },
      ["authorization", "Bearer for https://hr/.default"],
    ],
  ] as const)("asks with %s", async (_, authentication, [name, value]) => {
    const { address, requests } = await serve(() => ({ status: 200, body: { items: staff } }));
    const secrets = { get: async (secret: string) => (secret === "hr-key" ? "old" : "") };
    const deps = { secrets, getToken: async (scope: string) => `for ${scope}` };
    await readEndpoint(address, { authentication, headers: { "x-tenant": "contoso" } }, deps);

    expect(requests[0]?.headers).toMatchObject({ [name]: value, "x-tenant": "contoso", accept: "application/json" });
  });

  it("reads a secret afresh once when it was refused", async () => {
    const { address, requests } = await serve(({ headers }) =>
      headers["x-key"] === "new" ? { status: 200, body: { items: staff } } : { status: 401 },
    );
    const secrets = {
      get: async (_: string, { fresh }: { readonly fresh?: boolean }) => (fresh === true ? "new" : "old"),
    };
    const authentication = { kind: "secretHeader", header: "x-key", secret: "hr-key" };
    const read = await readEndpoint(address, { authentication }, { secrets });

    expect(read.completeness).toBe("complete");
    expect(requests).toHaveLength(2);
  });
});

describe("a JSON source in one document", () => {
  const entry = { kind: "json", columns, settings: { items: "d.results" } };

  it("reads it, with a byte order mark and a total", async () => {
    const text = `\uFEFF${JSON.stringify({ d: { results: staff, __count: "7" } })}`;
    const read = await readBytes(text, { ...entry, settings: { items: "d.results", total: "d.__count" } });

    expect(read.completeness).toBe("complete");
    expect(workersOf(read)).toEqual(ids(staff));
    expect(read.evidence.expectedRows).toBe(7);
  });

  it.each([
    ["cut off", JSON.stringify({ d: { results: staff } }).slice(0, -9), "The document is no JSON"],
    ["without the list", "{}", "The document has no list"],
    ["nothing at all", "", "The document is no JSON"],
  ])("is incomplete for one that is %s", async (_, text, sentence) => {
    const read = await readBytes(text, entry);

    expect(read).toMatchObject({ completeness: "incomplete", people: [] });
    expect(read.evidence.incompleteBecause).toEqual([expect.stringContaining(sentence)]);
  });

  it("is incomplete when the length announced differs", async () => {
    const read = await readBytes(JSON.stringify(staff), { ...entry, settings: {} }, { opened: { size: 1 } });

    expect(read.completeness).toBe("incomplete");
  });

  it("makes items without a readable key lost rows", async () => {
    const items = [{ id: 1 }, { id: { value: 2 } }, null, "text", { id: 2 ** 60 }, {}];
    const read = await readBytes(JSON.stringify(items), { kind: "json", columns: { employeeNumber: "id" } });

    expect(workersOf(read)).toEqual(["1"]);
    expect(problemsOf(read)).toEqual([2, 3, 4, 5, 6].map((line) => `${line} - keyMissing employeeNumber`));
    expect(read.completeness).toBe("incomplete");
  });

  it("reads values that are no text where they have one, and reports the others", async () => {
    const items = [
      { id: 1, name: true, dept: { name: "Sales" } },
      { id: 2, name: ["Ann"], dept: { name: null } },
    ];
    const read = await readBytes(JSON.stringify(items), {
      kind: "json",
      columns: { employeeNumber: "id", givenName: "name", department: "dept.name" },
    });

    expect(read.people).toMatchObject([{ givenName: "true", department: "Sales" }, { unreadable: ["givenName"] }]);
    expect(problemsOf(read)).toEqual(["2 employee/2 notText givenName"]);
  });

  it("is incomplete when no item has a mapped property, and holds every row for it", async () => {
    const read = await readBytes(JSON.stringify([{ id: 1 }, { id: 2 }]), { kind: "json", columns });

    expect(read.evidence.incompleteBecause).toEqual([
      'Property "name" is missing from all 2 items, expected it in one at least',
    ]);
    expect(read.people.map(({ unreadable }) => unreadable)).toEqual([["givenName"], ["givenName"]]);
  });

  it("takes an end date that no item has as nobody leaving", async () => {
    const read = await readBytes(JSON.stringify([{ id: 1 }]), {
      kind: "json",
      columns: { employeeNumber: "id", endDate: "to" },
    });

    expect(read).toMatchObject({ completeness: "complete", problems: [] });
  });
});

describePeopleSourceContract("json", {
  system: createJsonSystem(),
  entry: (address) => ({
    kind: "json",
    settings: {
      url: `${address}/people`,
      worker: "/people?number={employeeNumber}",
      items: "data",
      total: "meta.total",
      paging: { kind: "nextLink", path: "links.next" },
      authentication: { kind: "secretHeader", header: "Authorization", prefix: "Bearer ", secret: "hr" },
    },
    columns: {
      employeeNumber: "number",
      givenName: "name.first",
      familyName: "name.last",
      email: "work.email",
      department: "work.department",
      startDate: "startDate",
      endDate: "endDate",
    },
    status: { column: "status", active: ["active"], onLeave: ["onLeave"], ended: ["ended"] },
  }),
  truth: (worker) =>
    personOf(worker, [
      "employeeNumber",
      "givenName",
      "familyName",
      "email",
      "department",
      "startDate",
      "endDate",
      "status",
    ]),
  department: "department",
  manager: "manager",
  lastDay: { property: "endDate" },
  exempt: { endDate: "the system may leave out what is empty", expiredCursor: "the system has no cursors" },
});
