// A simulated HR system of no particular make: GET /people gives a list, its total and a next link that counts; `page` in
// the query takes a page by its number, `number` selects one worker. The secret is a bearer token or the password of any
// user.
import { basicOf, credentialOf, type HrSystem, slice } from "./hr-system.ts";

export function createJsonSystem(): HrSystem {
  return {
    name: "json",
    isPage: ({ url }) => url.pathname === "/people",
    errorInside: { data: [], errors: [{ message: "The database does not answer" }], meta: { total: 0 } },
    answer(call, world) {
      const proof = credentialOf(call, "Bearer") ?? basicOf(call)?.password;
      if (proof !== world.secret) return { status: 401, json: { message: "Who are you?" } };
      if (call.method !== "GET" || call.url.pathname !== "/people") return { status: 404 };
      const page = call.url.searchParams.get("page");
      const from = page === null ? Number(call.url.searchParams.get("skip") ?? 0) : (Number(page) - 1) * world.pageSize;
      const number = call.url.searchParams.get("number");
      const asked = number === null ? world.workers : world.workers.filter((one) => one.employeeNumber === number);
      const { rows, next, total } = slice({ ...world, workers: asked }, from);
      const data = rows.map(({ employeeNumber, givenName, familyName, department, email, ...rest }) => ({
        number: employeeNumber,
        name: { first: givenName, last: familyName },
        work: { department, email },
        ...rest,
      }));
      const condition = number === null ? "" : `number=${encodeURIComponent(number)}&`;
      const links = next === undefined ? {} : { next: `/people?${condition}skip=${next}` };
      return { status: 200, json: { data, meta: { total }, links } };
    },
  };
}
