/** A router of a small host, and its routes as short texts. */

import { formatPath, parsePath } from '@postino/address';
import { Router, parseAliases } from '@postino/router';
import type { Route, RouterOptions, Target } from '@postino/router';

export const USERS: ReadonlySet<string> = new Set(['ale', 'bob', 'eve', 'first-last', 'b.o.b']);

/** A router for example.org with those users and the suffixes of the course. */
export function postOffice(aliases = '', options: Partial<RouterOptions> = {}): Router {
  return new Router({
    localDomains: ['example.org'],
    users: USERS,
    aliases: parseAliases(aliases).aliases,
    suffixes: ['+', '-'],
    ...options,
  });
}

/** Routes a path, with or without its brackets: `user`, `user@remote`, several with commas, or `550 5.1.1`. */
export async function route(router: Router, text: string): Promise<string> {
  const bracketed = text.startsWith('<') ? text : `<${text}>`;
  const path = parsePath(bracketed, { smtputf8: true, singleLabel: true });
  if (!path) throw new Error(`no path: ${text}`);
  return show(await router.route(path));
}

export function show(route: Route): string {
  if (route.type !== 'deliver') return `${route.reply.code} ${route.reply.status}`;
  return route.targets.map(showTarget).join(', ');
}

export function showTarget(target: Target): string {
  return target.type === 'local' ? target.user : formatPath(target.address).slice(1, -1);
}
