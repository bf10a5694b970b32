/** From a line to a command: its octets, its length, its grammar. RFC 5321 §4.1.1, §4.5.3.1.4. */
import { decodeUtf8, type Line } from '@postino/wire';
import { parseCommand, type Command, type CommandFault } from './command.ts';
import type { ResolvedOptions } from './options.ts';
import { REPLIES } from './replies.ts';

const LINE_FAULTS = {
  bareCr: REPLIES.badLineEnd,
  bareLf: REPLIES.badLineEnd,
  nul: REPLIES.badOctets,
  tooLong: REPLIES.lineTooLong,
} as const;

/** What a line says; it was read with this limit, which is higher where AUTH may come. RFC 4954 §4. */
export function readCommand(
  line: Line,
  limit: number,
  options: ResolvedOptions,
): Command | CommandFault {
  const { commandLine } = options.limits;
  const authLine = limit > commandLine;
  if (line.fault === 'tooLong' && authLine) return { verb: null, fault: REPLIES.authLineTooLong };
  if (line.fault) return { verb: null, fault: LINE_FAULTS[line.fault] };
  const text = decodeUtf8(line.bytes);
  if (text === null) return { verb: null, fault: REPLIES.badOctets };
  const command = parseCommand(text, options);
  const long = authLine && command.verb !== 'AUTH' && line.bytes.length + 2 > commandLine;
  return long ? { verb: null, fault: REPLIES.lineTooLong } : command;
}
