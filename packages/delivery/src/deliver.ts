import type { Envelope } from '@postino/address';
import { Delivery } from './delivery.ts';
import type { DeliveryOptions, SendOptions } from './options.ts';
import type { OutgoingMessage, RecipientResult } from './types.ts';

/** Sends one message, as `Delivery.deliver`, and says goodbye to the hosts. */
export async function deliver(
  message: OutgoingMessage,
  envelope: Envelope,
  options: DeliveryOptions & SendOptions,
): Promise<RecipientResult[]> {
  const delivery = new Delivery(options);
  try {
    return await delivery.deliver(message, envelope, options);
  } finally {
    await delivery.close();
  }
}
