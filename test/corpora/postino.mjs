/**
 * The house behind the names that the conformance runners know: run-*.mjs --impl test/corpora/postino.mjs.
 * Plain JavaScript, because a runner may be started by a Node that strips no types; the house must be built for that one.
 */
import { registerHooks } from 'node:module';

// Lets a runner that knows nothing of conditions use the sources.
registerHooks?.({
  resolve: (specifier, context, next) =>
    next(specifier, { ...context, conditions: [...context.conditions, '@postino/source'] }),
});
const address = await import('@postino/address');
const idna = await import('@postino/address/idna');
const { hashMatches } = await import('@postino/passwd-md5');
const { parsePlain, plainServer } = await import('@postino/sasl');
const wire = await import('@postino/wire');
const smtp = await import('@postino/smtp-wire');
const pop3 = await import('@postino/pop3-wire');

export const name = 'postino';
