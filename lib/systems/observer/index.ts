export type { AttemptLimits } from './createAttempts.ts';
export { EVERYBODY, type ObserverAccess } from './createGate.ts';
export { metricsText } from './metricsText.ts';
export { observerApp, type ObserverAppOptions } from './observerApp.ts';
export type { RegistrationRules } from './readRegistration.ts';
export type { RegistrationView } from './registrationView.ts';
