export { cloudEventsNotifier, type CloudEventsNotifierOptions } from './cloudEventsNotifier.ts';
