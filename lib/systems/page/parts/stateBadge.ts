import { html, type TemplateResult } from 'lit';

const TONES: Readonly<Record<string, string>> = {
  succeeded: 'good',
  active: 'good',
  failed: 'red',
  timedOut: 'red',
  rejected: 'red',
  expired: 'amber',
  quarantined: 'amber',
};
const WORDS: Readonly<Record<string, string>> = { timedOut: 'timed out' };

/** A state as a word with the colour that goes with it. */
export function stateBadge(state: string): TemplateResult {
  return html`<span class="state ${TONES[state] ?? 'calm'}">${WORDS[state] ?? state}</span>`;
}
