// What the host needs of a queue service, with the guarantees of Azure Storage queues: a received message is invisible for
// a while, and only who holds the newest pop receipt may renew or remove it.

export type QueueMessage = {
  readonly id: string;
  readonly popReceipt: string;
  /** The text on the wire, still encoded. */
  readonly text: string;
  /** How often the message was received, this time included. */
  readonly dequeueCount: number;
  readonly insertedOn: Date;
  readonly expiresOn: Date;
  readonly nextVisibleOn: Date;
};

/** Every method may reject when the service fails. */
export type QueueService = {
  /** Up to `count` messages, invisible for so many seconds. None when the queue does not exist. */
  receive(
    queue: string,
    options: { readonly count: number; readonly invisibleSeconds: number },
  ): Promise<readonly QueueMessage[]>;
  /** Sets when the message can be seen again; gives the new pop receipt, or undefined when the message is no longer ours. */
  setVisibility(
    queue: string,
    message: { readonly id: string; readonly popReceipt: string },
    seconds: number,
  ): Promise<string | undefined>;
  /** Removes the message; false when it is no longer ours. */
  remove(queue: string, message: { readonly id: string; readonly popReceipt: string }): Promise<boolean>;
  /** Adds a message and makes the queue when it is not there. */
  send(queue: string, text: string): Promise<void>;
  /** Messages in the queue, those that are invisible included; 0 when the queue does not exist. */
  count(queue: string): Promise<number>;
};
