/** What a router says when it does not deliver. */

import type { Reply } from '@postino/wire';

/** RFC 5321 §3.3, RFC 3463 §3.2. */
export const UNKNOWN_USER: Reply = { code: 550, status: '5.1.1', text: 'Unknown user' };

/** RFC 5321 §4.2.3, RFC 3463 §3.4. */
export const TRY_LATER: Reply = {
  code: 451,
  status: '4.3.0',
  text: 'Temporary local problem - please try later',
};

/** RFC 3463 §3.5: a loop is of use only as a transient error, since somebody will mend it. */
export const ALIAS_LOOP: Reply = {
  code: 451,
  status: '4.4.6',
  text: 'The aliases of this address form a loop',
};

/** RFC 3463 §3.4. */
export const TOO_MANY_TARGETS: Reply = {
  code: 451,
  status: '4.3.0',
  text: 'The aliases of this address name too many others',
};
