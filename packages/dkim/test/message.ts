/** A plain message for the tests. */
import { crlf } from './chunks.ts';

export const HEADER: Buffer = crlf(`From: Joe <joe@example.org>
To: bob@example.com
Subject: dinner
Date: Fri, 11 Jul 2003 21:00:37 -0700
`);

export const BODY: Buffer = crlf('Hi.\n\nAre  you hungry yet? \n');

export const MESSAGE: Buffer = Buffer.concat([HEADER, crlf('\n'), BODY]);
