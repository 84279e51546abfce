// A simulated HR system on loopback: HTTP around one `HrSystem`, with scripted faults and control routes under /_sim.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createHrFaults, type HrFault, type HrFaultRule } from "./hr-faults.ts";
import { type HrAnswer, type HrCall, type HrSystem, jsonOf, type PageFault } from "./hr-system.ts";
import { type HrWorker, inventWorkers } from "./workers.ts";

export type HrServerOptions = {
  /** 0, or none, takes a free port. */
  readonly port?: number | undefined;
  /** A list, or how many to invent. */
  readonly workers?: number | readonly HrWorker[] | undefined;
  readonly seed?: number | undefined;
  readonly pageSize?: number | undefined;
  /** What clients have to know; `hr-secret` unless stated. */
  readonly secret?: string | undefined;
  readonly now?: (() => number) | undefined;
};

/** A request as it is kept: never its headers. */
export type HrRequest = { readonly method: string; readonly url: string; readonly status: number };

export type HrServer = {
  /** Origin on 127.0.0.1, without a path. */
  readonly address: string;
  readonly requests: readonly HrRequest[];
  setWorkers(workers: readonly HrWorker[]): void;
  setSecret(secret: string): void;
  addFaults(rules: readonly HrFaultRule[]): void;
  close(): Promise<void>;
};

const pageFaults: readonly unknown[] = ["shift", "repeat-next", "lose-row"] satisfies readonly PageFault[];

const newcomers = inventWorkers(1, 2).map((worker) => ({
  ...worker,
  employeeNumber: "90001",
  email: "n.n@contoso.com",
}));

/** Starts the system on 127.0.0.1. */
export async function startHrServer(system: HrSystem, options: HrServerOptions = {}): Promise<HrServer> {
  const { workers: given = 25, seed = 1, pageSize = 100, now = Date.now } = options;
  let workers = typeof given === "number" ? inventWorkers(given, seed) : given;
  let secret = options.secret ?? "hr-secret";
  const faults = createHrFaults();
  const requests: HrRequest[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await callOf(request);
    if (call.url.pathname.startsWith("/_sim/")) return send(response, control(call));
    const fault = system.isPage(call) ? faults.take() : undefined;
    if (fault === "close") {
      requests.push({ method: call.method, url: request.url ?? "", status: 0 });
      request.socket.destroy();
      return;
    }
    if (fault === "slide") workers = [...workers.slice(1), ...newcomers];
    const answer = await answerWith(system, call, fault, { workers, pageSize, secret, now: now() });
    requests.push({ method: call.method, url: request.url ?? "", status: answer.status });
    send(response, answer, fault === "truncate");
  }

  function control(call: HrCall): HrAnswer {
    switch (`${call.method} ${call.url.pathname}`) {
      case "POST /_sim/faults":
        faults.add(jsonOf(call));
        return { status: 204 };
      case "DELETE /_sim/faults":
        faults.clear();
        return { status: 204 };
      case "GET /_sim/requests":
        return { status: 200, json: { requests } };
      case "GET /_sim/workers":
        return { status: 200, json: { workers } };
      case "PATCH /_sim/workers": {
        const change: Partial<HrWorker> = JSON.parse(call.body);
        workers = workers.map((one) => (one.employeeNumber === change.employeeNumber ? { ...one, ...change } : one));
        return { status: 204 };
      }
      default:
        return { status: 404, json: { error: `Cannot find ${call.method} ${call.url.pathname}` } };
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, { status: 500, json: { error: String(error) } });
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  return {
    address: `http://127.0.0.1:${portOf(server.address())}`,
    requests,
    setWorkers: (next) => {
      workers = next;
    },
    setSecret: (next) => {
      secret = next;
    },
    addFaults: (rules) => faults.add(rules),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function callOf(request: IncomingMessage): Promise<HrCall> {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
  const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "127.0.0.1"}`);
  return { method: request.method ?? "GET", url, headers, body: await text(request) };
}

type State = {
  readonly workers: readonly HrWorker[];
  readonly pageSize: number;
  readonly secret: string;
  readonly now: number;
};

async function answerWith(system: HrSystem, call: HrCall, fault: HrFault | undefined, state: State): Promise<HrAnswer> {
  const asPage = (each: HrFault | undefined): each is PageFault => pageFaults.includes(each);
  const vanished = typeof fault === "object" && "vanish" in fault ? fault.vanish : undefined;
  const answer = await system.answer(call, { ...state, fault: asPage(fault) ? fault : undefined, vanished });
  // Who may not read gets no fault either.
  if (answer.status >= 400 || fault === undefined) return answer;
  if (fault === "error-inside") return { status: 200, json: system.errorInside };
  if (fault === "expired") return system.expired ?? answer;
  if (typeof fault === "string") return answer;
  if ("vanish" in fault)
    return answer.json === undefined ? answer : { ...answer, json: without(answer.json, fault.vanish) };
  const { status, retryAfter, json } = fault;
  return {
    status,
    json: json ?? { message: "A fault that was scripted." },
    headers: waitHeaders(retryAfter, state.now),
  };
}

function waitHeaders(
  retryAfter: number | { readonly dateIn: number } | undefined,
  now: number,
): Readonly<Record<string, string>> {
  if (retryAfter === undefined) return {};
  if (typeof retryAfter === "number") return { "Retry-After": String(retryAfter) };
  return { "Retry-After": new Date(now + retryAfter.dateIn * 1000).toUTCString() };
}

/** The document without that property, wherever it stands. */
function without(json: unknown, name: string): unknown {
  if (Array.isArray(json)) return json.map((each) => without(each, name));
  if (typeof json !== "object" || json === null) return json;
  const left = Object.entries(json).filter(([key]) => key !== name);
  return Object.fromEntries(left.map(([key, value]) => [key, without(value, name)]));
}

function send(response: ServerResponse, { status, headers, json, text: plain }: HrAnswer, half = false): void {
  const bytes = Buffer.from(json === undefined ? (plain ?? "") : JSON.stringify(json), "utf8");
  const type = json === undefined ? {} : { "Content-Type": "application/json; charset=utf-8" };
  const bodiless = status === 204 || status === 304;
  const length = bodiless ? {} : { "Content-Length": String(bytes.length) };
  response.writeHead(status, { ...type, ...length, ...headers });
  if (!half) {
    response.end(bodiless ? undefined : bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("Cannot serve: the server has no TCP port");
  return address.port;
}
