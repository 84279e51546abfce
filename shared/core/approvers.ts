// Whom to ask: the rules' specifications against what is known of the people. Nobody is asked about their own request,
// and nobody twice.
import type { ApproverSpec } from "./decision.ts";
import { foldAddress } from "./fold.ts";
import { type Person, workerKey } from "./person.ts";
import type { Asked } from "./request.ts";

export type Candidate = Pick<Asked, "address" | "worker" | "role">;

export type KnownForAsking = {
  /** The first active one above the requester. */
  readonly manager: Person | undefined;
  readonly owners: readonly string[];
  readonly requester: { readonly worker: string | undefined; readonly addresses: readonly string[] };
};

/** Key of the worker's manager, whose number is in the same number space. */
export function managerOf(person: Person): string | undefined {
  const { manager = "", numberSpace, unreadable } = person;
  return manager === "" || unreadable.includes("manager") ? undefined : workerKey(numberSpace, manager);
}

/** Whether the person can be asked: at work, with an address. */
export function canBeAsked({ person, standing }: { readonly person: Person; readonly standing: string }): boolean {
  return standing === "present" && person.status === "active" && (person.email ?? "") !== "";
}

function candidatesOf(spec: ApproverSpec, { manager, owners }: KnownForAsking): readonly Candidate[] {
  switch (spec.kind) {
    case "manager":
      return manager === undefined ? [] : [{ address: manager.email ?? "", worker: manager.worker, role: "manager" }];
    case "owners":
      return owners.map((address) => ({ address, role: "owner" }));
    case "address":
      return [{ address: spec.address, role: "named" }];
  }
}

/** The people of the first list that has any. Who is in `except` (addresses) has been asked already. */
export function chooseApprovers(
  lists: readonly (readonly ApproverSpec[])[],
  known: KnownForAsking,
  except: readonly string[] = [],
): readonly Candidate[] {
  const taken = new Set([...except, ...known.requester.addresses].map(foldAddress));
  const isOwn = ({ worker }: Candidate): boolean => worker !== undefined && worker === known.requester.worker;
  for (const specs of lists) {
    const found = new Map<string, Candidate>();
    for (const candidate of specs.flatMap((spec) => candidatesOf(spec, known))) {
      const address = foldAddress(candidate.address);
      if (!taken.has(address) && !isOwn(candidate) && !found.has(address)) found.set(address, candidate);
    }
    if (found.size > 0) return [...found.values()];
  }
  return [];
}
