/**
 * The house behind the names that the conformance runners know: node run-smtp.mjs --impl test/corpora/postino.mjs.
 * Plain JavaScript, since a runner may be started by a Node that strips no types; the packages must be built for that one.
 */
import * as nodeModule from 'node:module';

// Lets a runner that was started without the condition use the sources. It must come before what they are imported by.
nodeModule.registerHooks?.({
  resolve: (specifier, context, next) =>
    next(specifier, { ...context, conditions: [...context.conditions, '@postino/source'] }),
});

export const name = 'postino';
export const { parseAddressList, parseMailbox, parsePath, toAscii } =
  await import('./addresses.mjs');
export const { parseSmtpCommand, parseSmtpReply, smtpCommandLine } = await import('./grammar.mjs');
export const { parseAuthResults } = await import('./headers.mjs');
export const { decodePlain, scramServer, verifyPassword } = await import('./passwords.mjs');
export const { pop3Server, smtpServer } = await import('./servers.mjs');
export const {
  arc,
  arcSeal,
  capabilities,
  dkim,
  dmarc,
  dmarcAligned,
  dnsbl,
  dnsblHealth,
  dnsblQueryName,
  parseDmarcRecord,
  registrableDomain,
  spf,
} = await import('./checks.mjs');
