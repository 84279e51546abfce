// The usual script: writes every user of the file and ensures every membership, whatever is there already.
import { createCompany } from "./company.ts";
import { accountId, accountNote } from "./fill-service.ts";
import { countWrites, eightAtATime, openScriptClient, readPeople } from "./script-client.ts";
import type { Facts, ScriptTask } from "./task.ts";

/** Brings the service in step. */
export async function runUsualScript({ endpoint, company, hrFile }: ScriptTask): Promise<Facts> {
  const { client, group, service } = openScriptClient(endpoint);
  const { groups } = createCompany(company);
  const today = new Date().toISOString().slice(0, 10);
  const people = await readPeople(hrFile);

  return countWrites(async (wrote) => {
    await eightAtATime(groups, async ({ id, displayName }) => {
      await client.group.createOrUpdate(group, service, id, { displayName });
      wrote();
    });
    const working = people.filter(({ status }) => status === "Active");
    await eightAtATime(working, async (person) => {
      const { number, firstName, lastName, email } = person;
      const id = accountId(number);
      const fields = { firstName, lastName, email, note: accountNote(number) };
      await client.user.createOrUpdate(group, service, id, fields, { notify: false });
      wrote();
      for (const each of groups) {
        if (!each.holds(person, today)) continue;
        await client.groupUser.create(group, service, each.id, id);
        wrote();
      }
    });
  });
}
