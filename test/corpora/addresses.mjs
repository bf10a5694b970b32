/** Addresses and domains, as the runners ask for them. A server takes single labels, and what SMTPUTF8 allows by the option. */
import * as address from '@postino/address';
import * as idna from '@postino/address/idna';

export const parseMailbox = (text, options) =>
  address.parseMailbox(text, { ...options, singleLabel: true });
export const parsePath = (text, options) =>
  address.parsePath(text, { ...options, singleLabel: true });
export const parseAddressList = (text) => address.parseAddressList(text);
export const toAscii = (domain) => idna.domainToAscii(domain);
