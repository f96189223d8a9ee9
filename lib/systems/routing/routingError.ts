/** Why a change of what is routed is refused. */
export type RoutingErrorCode =
  'unknown_receiver' | 'unknown_route' | 'route_exists' | 'too_many_routes' | 'loop' | 'stopping';

/** What is routed cannot be changed as asked. */
export class RoutingError extends Error {
  override readonly name = 'RoutingError';
  readonly code: RoutingErrorCode;

  constructor(code: RoutingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
