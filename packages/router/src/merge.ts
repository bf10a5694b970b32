/** Many routes into one list of deliveries. */

import type { ForwardPath } from '@postino/address';
import { domainKey } from './alias-key.ts';
import type { Route, Target } from './types.ts';

/**
 * The targets of all routes, each once, in the order in which they first occur; each keeps all the recipients that led
 * to it, each of them once. Routes that do not deliver are passed over.
 */
export function merge(routes: readonly Route[]): Target[] {
  const merged = new Map<string, { target: Target; original: Map<string, ForwardPath> }>();
  for (const route of routes) {
    if (route.type !== 'deliver') continue;
    for (const target of route.targets) {
      const key = targetKey(target);
      const entry = merged.get(key) ?? { target, original: new Map<string, ForwardPath>() };
      merged.set(key, entry);
      for (const path of target.original) entry.original.set(pathKey(path), path);
    }
  }
  return [...merged.values()].map(({ target, original }) => ({
    ...target,
    original: [...original.values()],
  }));
}

/** Users and remote addresses never share a key: no user's name has an at sign at its end. */
function targetKey(target: Target): string {
  return target.type === 'local' ? `${target.user}@` : pathKey(target.address);
}

// Local parts of others are compared as they are. RFC 5321 §2.4.
function pathKey({ localPart, domain }: ForwardPath): string {
  return `${localPart}@${domainKey(domain)}`;
}
