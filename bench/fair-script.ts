// The script that a careful person writes with the official SDK: reads what is there, writes only what differs. The SDK's
// type of a user's expanded groups has no id, so the members are read group by group.
import { createCompany } from "./company.ts";
import { accountId, accountNote } from "./fill-service.ts";
import { countWrites, eightAtATime, openScriptClient, readPeople } from "./script-client.ts";
import type { Facts, ScriptTask } from "./task.ts";

/** Brings the service in step. */
export async function runFairScript({ endpoint, company, hrFile }: ScriptTask): Promise<Facts> {
  const { client, group, service } = openScriptClient(endpoint);
  const { groups } = createCompany(company);
  const today = new Date().toISOString().slice(0, 10);
  const people = await readPeople(hrFile);

  return countWrites(async (wrote) => {
    const users = new Map<
      string,
      { readonly firstName?: string; readonly lastName?: string; readonly email?: string }
    >();
    for await (const user of client.user.listByService(group, service)) users.set(user.name ?? "", user);
    const members = new Map<string, Set<string>>();
    for await (const each of client.group.listByService(group, service)) members.set(each.name ?? "", new Set());
    await eightAtATime(
      groups.filter(({ id }) => members.has(id)),
      async ({ id }) => {
        for await (const user of client.groupUser.list(group, service, id)) members.get(id)?.add(user.name ?? "");
      },
    );

    const working = people.filter(({ status }) => status === "Active");
    await eightAtATime(working, async ({ number, firstName, lastName, email }) => {
      const id = accountId(number);
      const user = users.get(id);
      if (user?.firstName === firstName && user.lastName === lastName && user.email === email) return;
      const fields = { firstName, lastName, email, note: accountNote(number) };
      await client.user.createOrUpdate(group, service, id, fields, { notify: false });
      wrote();
    });
    await eightAtATime(
      groups.filter(({ id }) => !members.has(id)),
      async ({ id, displayName }) => {
        await client.group.createOrUpdate(group, service, id, { displayName });
        wrote();
      },
    );
    // All of them in one pool: group by group, the largest group would be filled at the end one member at a time.
    const missing = groups.flatMap(({ id, holds }) =>
      working
        .filter((person) => holds(person, today))
        .map(({ number }) => ({ id, user: accountId(number) }))
        .filter(({ user }) => members.get(id)?.has(user) !== true),
    );
    await eightAtATime(missing, async ({ id, user }) => {
      await client.groupUser.create(group, service, id, user);
      wrote();
    });
  });
}
