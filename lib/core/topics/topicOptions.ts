import type { DeliveryError } from '../../contracts/deliveryFailure.ts';

/** How a topic is called and what it keeps. */
export interface TopicOptions {
  /** Names it in errors and alerts. Default: topic. */
  readonly name?: string | undefined;
  /** How many of the last values a subscriber gets that is attached later. Default: 0. */
  readonly replay?: number | undefined;
  /** `deep` (default): values are frozen when they are published, see `freeze`. `off`: they are passed as they are. */
  readonly freeze?: 'deep' | 'off' | undefined;
  /** Takes every failure of a delivery, once. What it throws is ignored. */
  readonly onError?: ((error: DeliveryError) => void) | undefined;
  /** It is a part of something that shows its subscribers to an inspection itself. @internal */
  readonly belongs?: true | undefined;
}
