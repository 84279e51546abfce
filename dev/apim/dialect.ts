// What an api-version means on the wire. One row of facts per version; nothing else in the simulator asks for a date.

export type IdRule = { readonly max: number; readonly pattern?: RegExp };

export type Dialect = {
  /** `{id,type,name,properties}`; otherwise flat. */
  readonly envelope: boolean;
  /** 2014: dates without Z. */
  readonly bareDates: boolean;
  /** `nextLink: null` on the last page; later versions leave it out. */
  readonly nullNextLink: boolean;
  /** 2014: PUT on an existing id is a 409. */
  readonly createOnly: boolean;
  /** PUT answers with the entity. */
  readonly putReturnsEntity: boolean;
  /** HEAD of a member: 200 before 2017, then 204. */
  readonly memberStatus: 200 | 204;
  /** PATCH answers 200 with the entity; otherwise 204. */
  readonly patchReturnsEntity: boolean;
  readonly deletedStatus: 200 | 204;
  /** Users are deleted by a long-running operation. */
  readonly deletesLater: boolean;
  readonly keysInReads: boolean;
  readonly expandsGroups: boolean;
  readonly tokenDigits: 12 | 14;
  readonly userId: IdRule;
  readonly groupId: IdRule;
  readonly subscriptionId: IdRule;
  /** Shape of tenant/access: flat with keys, flat without, or an ARM resource. */
  readonly access: "flatWithKeys" | "flat" | "resource";
};

const flatVersions = ["2014-02-14-preview", "2014-02-14", "2016-07-07", "2016-10-10", "2017-03-01"] as const;
const early = ["2018-01-01", "2018-06-01-preview"] as const;
const shaped = [
  "2019-01-01",
  "2019-12-01-preview",
  "2019-12-01",
  "2020-06-01-preview",
  "2020-12-01",
  "2021-01-01-preview",
  "2021-04-01-preview",
  "2021-08-01",
  "2021-12-01-preview",
  "2022-04-01-preview",
  "2022-08-01",
] as const;
const armOnly = [
  "2022-09-01-preview",
  "2023-03-01-preview",
  "2023-05-01-preview",
  "2023-09-01-preview",
  "2024-05-01",
  "2024-06-01-preview",
  "2024-10-01-preview",
  "2025-03-01-preview",
  "2025-09-01-preview",
] as const;

/** The versions that a path can be asked with. The direct door ends with 2022-08-01; flat paths end with 2018. */
export function supportedVersions(door: "arm" | "direct", flatPath: boolean): readonly string[] {
  if (flatPath) return [...flatVersions, ...early];
  if (door === "direct") return [...flatVersions, ...early, ...shaped];
  return [...flatVersions.slice(2), ...early, ...shaped, ...armOnly];
}

/** The facts about a supported version. */
export function dialectOf(version: string, flatPath: boolean): Dialect {
  const date = version.slice(0, 10);
  const oldest = date < "2016-01-01";
  const before2017 = date < "2017-03-01";
  return {
    envelope: date >= "2018-01-01" || (!before2017 && !flatPath),
    bareDates: oldest,
    nullNextLink: before2017,
    createOnly: oldest,
    putReturnsEntity: !before2017,
    memberStatus: before2017 ? 200 : 204,
    patchReturnsEntity: date >= "2020-12-01",
    deletedStatus: date < "2018-01-01" ? 204 : 200,
    deletesLater: date >= "2024-05-01",
    keysInReads: date <= "2019-01-01",
    expandsGroups: oldest || date >= "2019-01-01",
    tokenDigits: date >= "2022-08-01" ? 14 : 12,
    ...idRules(date),
    access: date <= "2019-01-01" ? "flatWithKeys" : date < "2020-06-01" ? "flat" : "resource",
  };
}

function idRules(date: string): Pick<Dialect, "userId" | "groupId" | "subscriptionId"> {
  const plain = /^[^*#&+:<>?]+$/;
  if (date < "2018-01-01") {
    const rule = { max: 256, pattern: plain };
    return { userId: rule, groupId: rule, subscriptionId: rule };
  }
  if (date < "2019-01-01") {
    const rule = { max: 80, pattern: /^\w+$|^\w[\w-]+\w$/ };
    return { userId: rule, groupId: rule, subscriptionId: rule };
  }
  return { userId: { max: 80 }, groupId: { max: 256 }, subscriptionId: { max: 256, pattern: plain } };
}
