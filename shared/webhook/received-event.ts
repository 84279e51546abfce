// One event as a door understands it, whichever schema it came in. Nothing in it is believed: it only says where to look.

export type ReceivedEvent = {
  /** Such as `Microsoft.ApiManagement.SubscriptionCreated`. */
  readonly type: string;
  readonly data: unknown;
};

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
