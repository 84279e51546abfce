// What a run store remembers of targets and sources between runs, kept in this process and gone with it. In a storage
// account it is in remembered-table.ts and claims-blob.ts.
import type { Suspension } from "../core/left-suspended.ts";
import type { RememberedClaims } from "../core/remembered-claims.ts";
import type { RunStore, SourceMemory } from "../run-ports.ts";
import { checkSignal } from "./check-signal.ts";

/** What is remembered of targets and sources, empty. */
export function createRememberedInProcess(): Pick<
  RunStore,
  | "getTargetMemory"
  | "rememberLinks"
  | "rememberSuspended"
  | "getSourceMemory"
  | "putSourceMemory"
  | "getClaims"
  | "putClaims"
  | "markDue"
  | "markedDue"
> {
  const links = new Map<string, Map<string, string>>();
  const suspended = new Map<string, Map<string, Suspension>>();
  const sources = new Map<string, SourceMemory>();
  const claims = new Map<string, RememberedClaims>();
  const due = new Map<string, number>();
  return {
    async getTargetMemory(target, signal) {
      checkSignal(signal);
      return { links: new Map(links.get(target)), suspended: new Map(suspended.get(target)) };
    },
    async rememberLinks(target, changed, signal) {
      checkSignal(signal);
      remember(links, target, changed);
    },
    async rememberSuspended(target, changed, signal) {
      checkSignal(signal);
      remember(suspended, target, changed);
    },
    async getSourceMemory(source, signal) {
      checkSignal(signal);
      return sources.get(source);
    },
    async putSourceMemory(source, memory, signal) {
      checkSignal(signal);
      sources.set(source, memory);
    },
    async getClaims(target, signal) {
      checkSignal(signal);
      return claims.get(target);
    },
    async putClaims(target, claimed, signal) {
      checkSignal(signal);
      claims.set(target, claimed);
    },
    async markDue(target, at, signal) {
      checkSignal(signal);
      due.set(target, at);
    },
    async markedDue(target, signal) {
      checkSignal(signal);
      return due.get(target);
    },
  };
}

function remember<T>(
  targets: Map<string, Map<string, T>>,
  target: string,
  changed: ReadonlyMap<string, T | undefined>,
): void {
  const known = targets.get(target) ?? new Map<string, T>();
  targets.set(target, known);
  for (const [name, value] of changed) {
    if (value === undefined) known.delete(name);
    else known.set(name, value);
  }
}
