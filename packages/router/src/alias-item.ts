/** What one item of an alias means. */

import { parseMailbox } from '@postino/address';
import type { Reply, Status } from '@postino/wire';
import { TRY_LATER, UNKNOWN_USER } from './replies.ts';
import type { Alias, AliasTarget } from './types.ts';

/** A target; an alias of its own kind, which must stand alone; or what is wrong, and how to mend it. */
export type ItemMeaning =
  | { type: 'target'; target: AliasTarget }
  | { type: 'alone'; alias: Alias }
  | { type: 'fault'; reason: string };

/** A line of a reply without its code, its status and CRLF. RFC 5321 §4.5.3.1.5. */
export const MAX_REPLY_TEXT = 490;

const ADDRESS = { smtputf8: true, singleLabel: true };
const QUOTED = /^"([^"\\]*(?:\\.[^"\\]*)*)"$/;
/** `Bob Jones <bob@example.org>`; what is quoted may hold brackets of its own. */
const ANGLED = /^[^<>"@]*<([^<>"|:][^<>"]*)>$/;
const SPECIAL = /^:([a-z]+):\s*/i;
const ASCII = /^[\x20-\x7e]*$/;
const CODES = /^(?:([45]5\d) +)?(?:([45]\.\d{1,3}\.\d{1,3}) +)?/;

/** Reads an item; white space around it is gone already. */
export function readItem(item: string): ItemMeaning {
  const text = QUOTED.exec(item)?.[1]?.replace(/\\(.)/g, '$1') ?? item;
  if (text.startsWith('|'))
    return fault('no command is ever run: have mail fetched by POP3 instead');
  if (text.startsWith(':')) return readSpecial(text);
  return readTarget(text);
}

function readTarget(text: string): ItemMeaning {
  const [, angled] = ANGLED.exec(text) ?? [];
  if (angled !== undefined) return readTarget(angled);
  const address = parseMailbox(text, ADDRESS);
  if (address) return target({ type: 'address', address });
  if (text.startsWith('/')) return fault('no mail is written to a file: name a user or an address');
  const onlyUser = text.startsWith('\\');
  const local = parseMailbox(`${onlyUser ? text.slice(1) : text}@localhost`, ADDRESS);
  if (!local) return fault('not an address or a local name: is a comma missing?');
  const { localPart } = local;
  return target(onlyUser ? { type: 'user', user: localPart } : { type: 'name', localPart });
}

function readSpecial(text: string): ItemMeaning {
  const [head = '', word = ''] = SPECIAL.exec(text) ?? [];
  const rest = text.slice(head.length).replaceAll(/\s+/g, ' ').trimEnd();
  switch (word.toLowerCase()) {
    case 'blackhole':
      return rest === '' ? alone({ type: 'discard' }) : fault(':blackhole: takes no text');
    case 'fail':
      return readReply('refuse', UNKNOWN_USER, rest);
    case 'defer':
      return readReply('defer', TRY_LATER, rest);
    case 'include':
      return fault('no other file is read: put its addresses here');
    default:
      return fault('known are only :fail:, :defer: and :blackhole:');
  }
}

/** `:fail: 550 5.7.1 text`: the codes may be left out, and so may the text. */
function readReply(type: 'refuse' | 'defer', model: Reply, rest: string): ItemMeaning {
  const digit = type === 'refuse' ? '5' : '4';
  const [codes = '', code = `${model.code}`, status = model.status] = CODES.exec(`${rest} `) ?? [];
  if (!code.startsWith(digit) || !isStatus(status, digit))
    return fault(`the codes of this reply must begin with ${digit}`);
  const text = rest.slice(codes.length);
  if (text.length > MAX_REPLY_TEXT || !ASCII.test(text))
    return fault(`the text of a reply is ASCII, at most ${MAX_REPLY_TEXT} characters`);
  return alone({ type, reply: { code: Number(code), status, text: text || model.text } });
}

function isStatus(text: string | undefined, digit: '4' | '5'): text is Status {
  return text?.startsWith(digit) === true;
}

function target(target: AliasTarget): ItemMeaning {
  return { type: 'target', target };
}

function alone(alias: Alias): ItemMeaning {
  return { type: 'alone', alias };
}

function fault(reason: string): ItemMeaning {
  return { type: 'fault', reason };
}
