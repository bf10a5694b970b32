export type {
  DeliveryPhase,
  Dial,
  DialOptions,
  OutgoingMessage,
  RecipientResult,
  Signer,
  Told,
} from './types.ts';
export { deliver } from './deliver.ts';
export { Delivery } from './delivery.ts';
export {
  CONCURRENCY,
  HARD_MAX_TRIES,
  HOST_PENALTY,
  IDLE_TIME,
  MAX_IDLE_CONNECTIONS,
  MAX_RECIPIENTS,
  MAX_REMEMBERED_HOSTS,
  MAX_TRIES,
  type DeliveryLimits,
} from './limits.ts';
export { QUIT_TIMEOUT, type DeliveryOptions, type SendOptions, type Smarthost } from './options.ts';
export {
  OPPORTUNISTIC,
  type TlsPolicy,
  type TlsQuestion,
  type TlsRule,
  type UsableRule,
} from './tls-policy.ts';
