/** What one delivery may take. */

export interface DeliveryLimits {
  /** Addresses that are tried for one destination, at most `HARD_MAX_TRIES`. RFC 5321 §5.1. */
  readonly tries: number;
  /** Recipients of one transaction. RFC 5321 §4.5.3.1.8. */
  readonly recipients: number;
  /** Destinations of one message that are served side by side. RFC 5321 §4.5.4.1. */
  readonly concurrency: number;
  /** Milliseconds for which a host that failed is tried behind all others. */
  readonly hostPenalty: number;
  /** Hosts that failed and are remembered. */
  readonly rememberedHosts: number;
  /** Milliseconds that a connection may wait for another message. */
  readonly idleTime: number;
  /** Connections that may wait. */
  readonly idleConnections: number;
}

/** Exim's `hosts_max_try`. */
export const MAX_TRIES = 5;
/** Exim's `hosts_max_try_hardlimit`. */
export const HARD_MAX_TRIES = 50;
/** As many as every server must take. RFC 5321 §4.5.3.1.8. */
export const MAX_RECIPIENTS = 100;
/** Ours. */
export const CONCURRENCY = 10;
/** The first step of Exim's default retry rule: 15 minutes. */
export const HOST_PENALTY: number = 15 * 60_000;
/** Ours: some 1 MB. */
export const MAX_REMEMBERED_HOSTS = 10_000;
/** Ours; a server has to wait for 5 minutes, RFC 5321 §4.5.3.2.7, and few do. */
export const IDLE_TIME = 10_000;
/** Ours. */
export const MAX_IDLE_CONNECTIONS = 50;

const DEFAULT_DELIVERY_LIMITS: DeliveryLimits = {
  tries: MAX_TRIES,
  recipients: MAX_RECIPIENTS,
  concurrency: CONCURRENCY,
  hostPenalty: HOST_PENALTY,
  rememberedHosts: MAX_REMEMBERED_HOSTS,
  idleTime: IDLE_TIME,
  idleConnections: MAX_IDLE_CONNECTIONS,
};

/** Fills in the defaults; a `TypeError` names what cannot be. */
export function resolveLimits(given: Partial<DeliveryLimits> = {}): DeliveryLimits {
  const limits = { ...DEFAULT_DELIVERY_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new TypeError(`DeliveryOptions: limits.${name} is out of range`);
  }
  if (limits.tries > HARD_MAX_TRIES)
    throw new TypeError(`DeliveryOptions: limits.tries is at most ${HARD_MAX_TRIES}`);
  return limits;
}
