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

/** RFC 3463 §3.2: X.1.0, since the codes for unknown mailboxes are of destinations. */
export const UNKNOWN_SENDER: Reply = {
  code: 550,
  status: '5.1.0',
  text: 'There is no such sender here',
};

/** RFC 3463 §3.2. */
export const TRY_SENDER_LATER: Reply = {
  code: 451,
  status: '4.1.8',
  text: 'The address of the sender cannot be verified now',
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

/** RFC 3463 §3.2. */
export const BAD_DOMAIN: Reply = {
  code: 550,
  status: '5.1.3',
  text: 'What stands behind the at sign is no domain',
};

/** What is said of a domain that mail cannot go to; the name is in its ASCII form. */
export const MX_REPLIES = {
  /** RFC 7505 §3. */
  nullMx: (domain: string): Reply => ({
    code: 556,
    status: '5.1.10',
    text: `${domain} takes no mail: it has a null MX`,
  }),
  /** RFC 5321 §5.1, RFC 3463 §3.2. */
  noDomain: (domain: string): Reply => ({
    code: 550,
    status: '5.1.2',
    text: `There is no domain ${domain}`,
  }),
  /** RFC 5321 §5.1, RFC 3463 §3.5. */
  noHost: (domain: string): Reply => ({
    code: 550,
    status: '5.4.4',
    text: `None of the mail hosts of ${domain} has an address that can be used`,
  }),
  /** RFC 5321 §5.1; RFC 3463 §3.5 keeps 5.4.6 for transient errors. */
  loop: (domain: string): Reply => ({
    code: 550,
    status: '5.4.4',
    text: `The DNS names this host for ${domain}, but it does not take its mail`,
  }),
  /** RFC 5321 §5.1, RFC 3463 §3.5. */
  noAnswer: (domain: string): Reply => ({
    code: 451,
    status: '4.4.3',
    text: `The DNS gave no answer for ${domain}`,
  }),
} as const;
